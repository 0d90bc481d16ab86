"""Did it work? Trials and time series that can say so, and the sample each needs."""
