package places_test

import (
	"testing"

	"latchstring/adapters/places"
	"latchstring/core"
)

func TestKind(t *testing.T) {
	for _, test := range []struct {
		asn  uint32
		name string
		want core.NetworkKind
	}{
		{16276, "OVH SAS", core.Hosting},
		{16276, "", core.Hosting},
		{24940, "", core.Hosting},
		{63949, "Akamai Connected Cloud", core.Hosting},
		{0, "Akamai Connected Cloud", core.Hosting},
		{36183, "Akamai Technologies, Inc.", core.Relay},
		{13335, "Cloudflare, Inc.", core.Relay},
		{0, "Cloudflare WARP", core.Relay},
		{0, "iCloud Private Relay", core.Relay},
		{62044, "Zscaler Switzerland GmbH", core.Relay},
		{9009, "M247 Europe SRL", core.VPN},
		{212238, "Datacamp Limited", core.VPN},
		{60729, "Stiftung Erneuerbare Freiheit", core.VPN},
		{0, "NordVPN S.A.", core.VPN},
		{0, "PACKETHUB S.A.", core.VPN},
		{0, "Proton AG", core.VPN},
		{64500, "Amazon Data Services Brazil", core.Hosting},
		{64500, "Alibaba (US) Technology Co., Ltd.", core.Hosting},
		{64500, "OVHcloud", core.Hosting},
		{64500, "Example Hosting Ltd", core.Hosting},
		{64500, "WebHostingExample", core.Hosting},
		{64500, "Example Data Center B.V.", core.Hosting},
		{64500, "Datacenter Example", core.Hosting},
		{64500, "Dedicated Servers Example", core.Hosting},
		{64500, "CloudExample", core.Hosting},
		{64500, "Example-Cloud Inc", core.Hosting},
		{64500, "Example VPS", core.Hosting},
		{64500, "ExampleColo", ""},
		{64500, "Example Colo, LLC", core.Hosting},

		{15589, "CLOUDITALIA TELECOMUNICAZIONI S.p.A.", ""},
		{0, "CLOUDITALIA TELECOMUNICAZIONI S.p.A.", ""},
		{0, "CloudWifi Inc.", ""},
		{0, "Cloud Telecom Internet", ""},
		{0, "Google Fiber Inc.", ""},
		{0, "Colombia Telecomunicaciones S.A.", ""},
		{0, "Colomiers Habitat", ""},
		{0, "NetCologne GmbH", ""},
		{0, "Hostal Example", ""},
		{0, "Observer Media", ""},
		{0, "Conserver", ""},
		{0, "Torino Wireless", ""},
		{0, "Vectra S.A.", ""},
		{0, "Orange S.A.", ""},
		{0, "Vodafone GmbH", ""},
		{0, "TELEFONICA DE ESPANA S.A.U.", ""},
		{0, "Space Exploration Technologies Corporation", ""},
		{0, "", ""},
	} {
		if got := places.Kind(test.asn, test.name); got != test.want {
			t.Errorf("AS%d %s is %q, want %q", test.asn, test.name, got, test.want)
		}
	}
}
