"""What serves an entry's pages: environments, builds, servers, proxies, relays."""
