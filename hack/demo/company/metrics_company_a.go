package company

// companyA is a software company.
var companyA = []Metric{
	gauge("company", "company_monthly_revenue_dollars", "Revenue of the last 30 days.",
		path{{-137, 80000}, {-106, 84000}, {-45, 98500}, {-31, 100700}, {-1, 106200}, {0, 106200}}),
	gauge("company", "company_monthly_earnings_dollars", "Earnings of the last 30 days.",
		path{{-137, 19000}, {-106, 20000}, {-45, 26000}, {-1, 33500}, {0, 33500}}),
	gauge("company", "company_headcount_utilisation_ratio", "Share of paid hours spent on customers' work.",
		course(0.74, 0.77, 0.78)),

	gauge("sales", "company_new_paying_customers", "Paying customers won in the last 30 days.", course(52, 58, 57)),
	counter("sales", "company_closed_deals_total", "Deals closed.", course(11.0/7, 13.0/7, 17.0/7)),
	gauge("sales", "company_touchpoints_per_lead", "Contacts with a prospect before the decision.", course(2.8, 3, 4.6)),
	gauge("sales", "company_followup_open_ratio", "Share of follow-up mails that are opened.", course(0.13, 0.14, 0.29)),
	gauge("sales", "company_satisfaction_score", "Mean answer of new customers, of 10.", course(7, 7.1, 8.1)),
	counter("sales", "company_survey_answers_total", "Answers to the survey of new customers.", steady(1.6)),
	gauge("sales", "company_first_reply_hours", "Time to the first reply to a prospect, median of the last 7 days.",
		course(24, 25, 26)),
	gauge("sales", "company_win_ratio", "Share of decided prospects who chose us, last 30 days.", course(0.22, 0.21, 0.18)),

	counter("marketing", "company_qualified_leads_total", "Leads that marketing handed to sales.", course(64, 70, 75)),
	counter("marketing", "company_testimonial_views_total", "Views of the testimonials page.", course(120, 140, 190)),
	gauge("marketing", "company_click_through_ratio", "Share of readers who click on to the product.",
		course(0.205, 0.21, 0.214)),
	gauge("marketing", "company_content_shares", "Shares of the company's stories in the last 30 days.", course(25, 30, 340)),
	counter("marketing", "company_ebook_downloads_total", "Downloads of the e-book.",
		path{{fourthQuarter - 1, 0}, {fourthQuarter, 18}, {-1, 32}, {0, 32}}),
	gauge("marketing", "company_review_site_leads", "Leads from review sites in the last 30 days.", course(420, 500, 1100)),
	gauge("marketing", "company_reads_per_article", "Reads of an article in its first month.", course(900, 1300, 1600)),
	counter("marketing", "company_website_visits_total", "Visits of the web site.", course(2800, 3300, 3600)),
	counter("marketing", "company_website_signups_total", "Trials begun on the web site.", course(56, 77.2, 90)),

	gauge("product", "company_session_length_minutes", "Mean length of a session.", course(9.6, 10, 17.5)),
	gauge("product", "company_daily_actions_per_user", "What a user does in the product in a day.", course(39.5, 40, 42.6)),

	counter("success", "company_customer_meetings_total", "Meetings with customers.", course(1.3, 1.45, 1.7)),
	counter("success", "company_followup_meetings_total", "Follow-up meetings with new customers.", course(0.9, 1, 1.95)),
	gauge("success", "company_inproduct_open_ratio", "Share of messages in the product that are opened.",
		course(0.035, 0.04, 0.092)),
	gauge("success", "company_rating_score", "Rating by customers, of 10.", course(8.1, 8.2, 8.65)),
	gauge("success", "company_response_time_hours", "Time to the first answer, median of the last 7 days.", course(5.4, 5, 2.9)),

	gauge("social", "company_comments_per_post", "Comments on a post in its first week.", course(9.8, 10, 11.1)),
	gauge("social", "company_influencer_leads_ratio", "Share of leads that come from influencers.", course(0.33, 0.35, 0.4)),
	gauge("social", "company_story_views", "Views of a story.", course(4800, 5000, 7400)),
}
