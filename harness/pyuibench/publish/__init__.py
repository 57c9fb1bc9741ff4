"""What is written for readers: report, site, talk, documents, comparisons."""
