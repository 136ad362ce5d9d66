package company

// Metrics are all numbers of the company. README.md of the demo lists them with their values.
func Metrics() []Metric {
	return append([]Metric(nil), metrics...)
}

// A ripple that a person sees in the fourth digit; some numbers have more of it.
const mild = 0.004

var metrics = []Metric{
	// The company.
	{Name: "company_monthly_revenue_dollars", Team: "company", Help: "Revenue of the last 30 days.",
		path: path{{-90, 84000}, {-45, 97000}, {-30, 99500}, {-1, 104800}, {0, 105000}}, noise: mild},
	{Name: "company_monthly_earnings_dollars", Team: "company", Help: "Earnings of the last 30 days.",
		path: course(20000, 27000, 31800, 32000), noise: mild},
	{Name: "company_headcount_utilisation_ratio", Team: "company", Help: "Share of paid hours spent on customers' work.",
		path: course(0.74, 0.77, 0.78, 0.78), noise: 0.02},
	{Name: "company_marketing_return_ratio", Team: "marketing", Help: "Revenue won per dollar of marketing.",
		path: course(2.1, 2.7, 3.1, 3.1), noise: mild},

	// Sales.
	{Name: "company_new_paying_customers", Team: "sales", Help: "Paying customers won in the last 30 days.",
		path: course(52, 58, 57, 57), noise: 0.01},
	{Name: "company_closed_deals_total", Team: "sales", Help: "Deals closed.", Counter: true,
		path: course(11.0/7, 13.0/7, 17.0/7, 17.0/7)},
	{Name: "company_touchpoints_per_lead", Team: "sales", Help: "Contacts with a prospect before the decision.",
		path: course(3, 4.4, 5.2, 5.2), noise: mild},
	{Name: "company_followup_open_ratio", Team: "sales", Help: "Share of follow-up mails that are opened.",
		path: course(0.14, 0.24, 0.31, 0.31), noise: mild},
	{Name: "company_satisfaction_score", Team: "sales", Help: "Mean answer of new customers, of 10.",
		path: course(7.1, 7.7, 8.1, 8.1), noise: mild},
	{Name: "company_survey_answers_total", Team: "sales", Help: "Answers to the survey of new customers.", Counter: true,
		path: course(2, 3, 4, 4)},

	// Marketing.
	{Name: "company_qualified_leads_total", Team: "marketing", Help: "Leads that marketing handed to sales.", Counter: true,
		path: course(64, 70, 75, 75)},
	{Name: "company_testimonial_views_total", Team: "marketing", Help: "Views of the testimonials page.", Counter: true,
		path: course(90, 160, 210, 210)},
	{Name: "company_click_through_ratio", Team: "marketing", Help: "Share of readers who click on to the product.",
		path: course(0.205, 0.21, 0.214, 0.214), noise: 0.01},
	{Name: "company_content_shares", Team: "marketing", Help: "Shares of the company's stories in the last 30 days.",
		path: course(30, 150, 260, 260), noise: 0.01},
	{Name: "company_customer_acquisition_cost_dollars", Team: "marketing", Help: "Spent per customer won, last 30 days.",
		path: course(100, 72, 46, 46), noise: mild},
	{Name: "company_ebook_downloads_total", Team: "marketing", Help: "Downloads of the e-book.", Counter: true,
		path: course(10, 24, 36, 36)},
	{Name: "company_review_site_leads", Team: "marketing", Help: "Leads from review sites in the last 30 days.",
		path: course(500, 1000, 1420, 1420), noise: mild},
	{Name: "company_reads_per_article", Team: "marketing", Help: "Reads of an article in its first month.",
		path: course(900, 1300, 1650, 1650), noise: mild},
	{Name: "company_website_visits_total", Team: "marketing", Help: "Visits of the web site.", Counter: true,
		path: course(3000, 3300, 3600, 3600)},
	{Name: "company_website_signups_total", Team: "marketing", Help: "Trials begun on the web site.", Counter: true,
		path: course(66, 76, 90, 90)},

	// Product.
	{Name: "company_session_length_minutes", Team: "product", Help: "Mean length of a session.",
		path: course(10, 14.5, 18.5, 18.5), noise: mild},
	{Name: "company_daily_actions_per_user", Team: "product", Help: "What a user does in the product in a day.",
		path: course(40, 42, 44.4, 44.4), noise: mild},

	// Customer success.
	{Name: "company_customer_meetings_total", Team: "success", Help: "Meetings with customers.", Counter: true,
		path: course(1.4, 1.5, 1.7, 1.7)},
	{Name: "company_followup_meetings_total", Team: "success", Help: "Follow-up meetings with new customers.", Counter: true,
		path: course(1, 13.0/7, 17.0/7, 17.0/7)},
	{Name: "company_inproduct_open_ratio", Team: "success", Help: "Share of messages in the product that are opened.",
		path: course(0.04, 0.08, 0.112, 0.112), noise: mild},
	{Name: "company_rating_score", Team: "success", Help: "Rating by customers, of 10.",
		path: course(8.2, 8.5, 8.8, 8.8), noise: 0.002},
	{Name: "company_response_time_hours", Team: "success", Help: "Time to the first answer, median of the last 7 days.",
		path: course(5, 3, 1.8, 1.8), noise: mild},

	// Social media.
	{Name: "company_comments_per_post", Team: "social", Help: "Comments on a post in its first week.",
		path: course(10, 10.9, 11.8, 11.8), noise: mild},
	{Name: "company_influencer_leads_ratio", Team: "social", Help: "Share of leads that come from influencers.",
		path: course(0.35, 0.44, 0.52, 0.52), noise: mild},
	{Name: "company_story_views", Team: "social", Help: "Views of a story.",
		path: course(5000, 6800, 8100, 8100), noise: mild},

	// The platform team. The demo's own servers are minutes old: a quarter of their past cannot exist, so these
	// stand for a platform that has one. What the servers show of today is scraped from themselves.
	{Name: "platform_request_p99_milliseconds", Team: "platform", Help: "99th percentile of request latency, last 7 days.",
		path: course(800, 610, 470, 470), noise: mild},
	{Name: "platform_availability_ratio", Team: "platform", Help: "Share of requests answered without an error.",
		path: steady(0.9996), dips: []dip{{-70.5, 3, 0.985}, {-30.5, 5, 0.982}, {-12.5, 1, 0.99}}},
	{Name: "platform_time_to_restore_hours", Team: "platform", Help: "Time from alert to recovery, mean of the last 30 days.",
		path: course(4, 2.8, 1.9, 1.9), noise: mild},
	{Name: "platform_deployments_total", Team: "platform", Help: "Deployments to production.", Counter: true,
		path: course(3, 4, 5, 5)},
	{Name: "platform_lead_time_hours", Team: "platform", Help: "Time from commit to production, median of the last 30 days.",
		path: course(30, 21, 15, 15), noise: mild},
	{Name: "platform_change_failure_ratio", Team: "platform", Help: "Share of deployments that needed a fix, last 30 days.",
		path: course(0.18, 0.13, 0.09, 0.09), noise: mild},
}

var byName = func() map[string]*Metric {
	index := make(map[string]*Metric, len(metrics))
	for i := range metrics {
		index[metrics[i].Name] = &metrics[i]
	}
	return index
}()
