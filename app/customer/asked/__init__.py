"""What customers ask and say in their own words: whose it is, who answers, by when."""
