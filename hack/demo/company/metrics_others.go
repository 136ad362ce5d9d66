package company

// agency is a web agency.
var agency = []Metric{
	counter("web-agency", "agency_blog_posts_total", "Posts published on the agency's blog.", course(4.0/30, 6.0/30, 7.2/30)),
	counter("web-agency", "agency_backlinks_total", "Other sites that began to link here.", steady(0.083)),
	counter("web-agency", "agency_organic_enquiries_total", "Enquiries that began with a search.", course(0.4, 0.5, 0.6)),
	counter("web-agency", "agency_social_posts_total", "Posts published on social media.", course(0.3, 0.37, 0.4)),
	counter("web-agency", "agency_visits_total", "Visits of the agency's web site.", course(900, 1000, 1115)),
	counter("web-agency", "agency_enquiries_total", "Visitors who asked for an offer.", course(9, 11, 14)),
	gauge("web-agency", "agency_social_engagement_ratio", "Share of followers who react to a post.",
		course(0.031, 0.032, 0.0347)),
	gauge("web-agency", "agency_bounce_ratio", "Share of visitors who leave after a page.", course(0.565, 0.56, 0.553)),
	gauge("web-agency", "agency_monthly_profit_dollars", "Profit of the last 30 days.", course(20000, 20900, 21550)),
	gauge("web-agency", "agency_monthly_cost_dollars", "Running cost of the last 30 days.", course(61000, 60300, 59800)),
	gauge("web-agency", "agency_positive_ratings_ratio", "Share of ratings of 4 stars and more.", course(0.7, 0.74, 0.757)),
	gauge("web-agency", "agency_query_resolution_hours", "Time until a client's query is resolved.", course(30, 28.4, 27.7)),
	gauge("web-agency", "agency_satisfaction_score", "Mean answer of clients, of 10.", course(7.3, 7.4, 7.95)),
	counter("web-agency", "agency_product_sales_dollars_total", "Sales of the agency's own product.", steady(0)),
}

// app is the maker of a mobile app with a shop in it.
var app = []Metric{
	gauge("mobile-app", "app_retention_30d_ratio", "Share of new users who are back after 30 days.", course(0.2, 0.2, 0.232)),
	counter("mobile-app", "app_sessions_total", "Sessions.", course(36000, 38000, 41000)),
	counter("mobile-app", "app_crashes_total", "Sessions that ended in a crash.", course(330, 315, 290)),
	gauge("mobile-app", "app_store_rating", "Mean rating in the stores, of 5.", course(4.25, 4.3, 4.52)),
	gauge("mobile-app", "app_repeat_buyers_ratio", "Share of buyers who buy again within 60 days.", course(0.3, 0.3, 0.332)),
	gauge("mobile-app", "app_first_response_hours", "Time to the first answer to a ticket, mean of 7 days.", course(3.8, 3.6, 2.9)),
	counter("mobile-app", "app_checkouts_total", "Baskets that were paid.", course(1080, 1216, 1476)),
	gauge("mobile-app", "app_order_fulfilment_hours", "Time from order to delivery, median of 7 days.", course(46, 44, 41)),
}

// carMaker is a maker of cars with departments.
var carMaker = []Metric{
	gauge("car-maker", "carmaker_monthly_revenue_million_dollars", "Sales revenue of the last 30 days.", course(310, 322, 331)),
	gauge("car-maker", "carmaker_market_share_ratio", "Share of all new electric cars in our markets.", course(0.086, 0.091, 0.094)),
	gauge("car-sales", "carmaker_electric_cars_sold_year", "Electric cars sold in the last twelve months.",
		course(43000, 44100, 44900)),
	gauge("car-sales", "carmaker_electric_dealers", "Dealers who sell and service electric cars.", course(118, 126, 133)),
	counter("car-sales", "carmaker_partnerships_total", "Partnerships signed with dealers and chargers.", steady(0.055)),
	gauge("car-sales", "carmaker_coverage_ratio", "Share of households within half an hour of a dealer.", course(0.7, 0.72, 0.74)),
	gauge("car-sales", "carmaker_satisfaction_score", "Mean answer of buyers after 90 days, of 100.", course(82, 83, 84)),
	gauge("car-production", "carmaker_equipment_effectiveness_ratio", "Share of planned time that makes good parts.",
		course(0.8, 0.82, 0.83)),
	counter("car-production", "carmaker_cars_built_total", "Cars built.", course(230, 236, 242)),
	counter("car-production", "carmaker_cars_reworked_total", "Cars that needed rework.", course(4.6, 4.3, 4.1)),
	gauge("car-production", "carmaker_supplies_on_time_ratio", "Share of deliveries by suppliers on the agreed day.",
		course(0.94, 0.95, 0.955)),
	gauge("car-production", "carmaker_electric_unit_cost_dollars", "Cost of building an electric car.",
		course(22100, 21300, 20900)),
	gauge("car-production", "carmaker_hours_per_car", "Working hours in an electric car.", course(19.2, 18.7, 18.3)),
}

// shop is an online shop.
var shop = []Metric{
	dipping("online-shop", "shop_satisfaction_score", "Mean answer after delivery, of 100.", course(91, 91.5, 92), dip{-20.2, 20, 87}),
	gauge("online-shop", "shop_first_response_minutes", "Time to the first answer, median of the last day.", course(23, 22, 17.9)),
	gauge("online-shop", "shop_handling_hours", "Time until a customer's case is closed.", course(7.4, 7, 6.4)),
	counter("online-shop", "shop_visits_total", "Visits.", course(8800, 9000, 9400)),
	counter("online-shop", "shop_organic_visits_total", "Visits that began with a search.", course(3000, 3200, 3640)),
	counter("online-shop", "shop_bounces_total", "Visits that ended after a page.", course(3800, 3800, 3850)),
	gauge("online-shop", "shop_keyword_rank", "Mean position in searches for our twenty words; 1 is the top.", course(11, 9.6, 8.4)),
	counter("online-shop", "shop_orders_total", "Orders.", course(281.6, 288, 325)),
	counter("online-shop", "shop_perfect_orders_total", "Orders that came complete, undamaged and on time.",
		course(269, 277, 314)),
	gauge("online-shop", "shop_order_processing_hours", "Time from order to parcel, median of 7 days.", course(30.5, 30, 26.8)),
	gauge("online-shop", "shop_fulfilment_cycle_hours", "Time from order to door, median of 7 days.", course(66, 64, 59)),
	gauge("online-shop", "shop_inventory_turnover", "How often the stock is sold in a year.", course(5.6, 5.4, 5.2)),
	counter("online-shop", "shop_new_customers_total", "People who buy for the first time.", course(55, 60, 66)),
	gauge("online-shop", "shop_lifetime_value_dollars", "What a customer leaves with us, after cost of goods.", course(178, 184, 195)),
	counter("online-shop", "shop_sales_dollars_total", "Sales.", course(16000, 17500, 19800)),
	counter("online-shop", "shop_advertised_sales_dollars_total", "Sales that began with an advertisement.",
		course(6300, 7000, 7700)),
	counter("online-shop", "shop_advertising_dollars_total", "Spent on advertisements.", course(1500, 1600, 1680)),
	counter("online-shop", "shop_cost_of_goods_dollars_total", "Cost of the goods sold.", course(9800, 10700, 12000)),
	counter("online-shop", "shop_cash_in_dollars_total", "Cash received in daily business.", course(15500, 17000, 19300)),
	counter("online-shop", "shop_cash_out_dollars_total", "Cash paid in daily business.", course(14000, 15400, 17400)),
}
