"""The office's page of statistics, for coordinators and auditors."""
