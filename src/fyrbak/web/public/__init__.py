"""The public site: pages for anybody, without login and cookies, from what has been given out and frozen."""
