/** A small healthy nftables-mode node, in the form `nft list ruleset` prints it; every defect is one edit. */
export const HEALTHY_NFT = `table ip kube-proxy {
	chain nat-output {
		type nat hook output priority -100; policy accept;
		jump services
	}

	chain nat-postrouting {
		type nat hook postrouting priority srcnat; policy accept;
		jump masquerading
	}

	chain nat-prerouting {
		type nat hook prerouting priority dstnat; policy accept;
		jump services
	}

	chain masquerading {
		meta mark & 0x00004000 == 0x00000000 return
		masquerade fully-random
	}

	chain services {
		ip daddr . meta l4proto . th dport vmap @service-ips
	}

	chain service-KHN6ECMT-shop/web/tcp/http {
		numgen random mod 2 vmap { 0 : goto endpoint-FAYF65XV-shop/web/tcp/http__10.244.1.11/8080, 1 : goto endpoint-KNW5FFQ5-shop/web/tcp/http__10.244.2.11/8080 }
	}

	chain endpoint-FAYF65XV-shop/web/tcp/http__10.244.1.11/8080 {
		ip saddr 10.244.1.11 jump mark-for-masquerade
		meta l4proto tcp dnat to 10.244.1.11:8080
	}

	chain endpoint-KNW5FFQ5-shop/web/tcp/http__10.244.2.11/8080 {
		ip saddr 10.244.2.11 jump mark-for-masquerade
		meta l4proto tcp dnat to 10.244.2.11:8080
	}
}
`;
