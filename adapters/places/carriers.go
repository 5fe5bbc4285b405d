package places

import "latchstring/core"

// carrier is whose network a number stands for.
type carrier struct {
	asn  uint32
	kind core.NetworkKind
}

// carriers are the networks whose names do not tell what they are for, or tell it wrongly, and the best known of the rest,
// in the order of their numbers. They were put together by hand; who is missing here is mostly known by the name.
var carriers = [...]carrier{
	{834, core.Hosting},    // IPXO
	{3214, core.Hosting},   // xTom
	{3223, core.Hosting},   // Voxility
	{3842, core.Hosting},   // RamNode
	{4224, core.VPN},       // Calyx Institute, Tor
	{4785, core.Hosting},   // xTom
	{7203, core.Hosting},   // Leaseweb
	{7224, core.Hosting},   // Amazon
	{7506, core.Hosting},   // GMO Internet
	{7684, core.Hosting},   // Sakura Internet
	{7979, core.Hosting},   // Servers.com
	{8068, core.Hosting},   // Microsoft Azure
	{8075, core.Hosting},   // Microsoft Azure
	{8100, core.Hosting},   // QuadraNet
	{8560, core.Hosting},   // IONOS
	{8849, core.Hosting},   // Melbikomas
	{8972, core.Hosting},   // GoDaddy and Host Europe
	{8987, core.Hosting},   // Amazon
	{9009, core.VPN},       // M247, which most sellers of VPNs rent from
	{9123, core.Hosting},   // TimeWeb
	{9312, core.Hosting},   // xTom
	{9370, core.Hosting},   // Sakura Internet
	{9371, core.Hosting},   // Sakura Internet
	{11878, core.VPN},      // tzulo, likewise
	{12222, core.Relay},    // Akamai
	{12824, core.Hosting},  // home.pl
	{12876, core.Hosting},  // Scaleway
	{12989, core.Hosting},  // StackPath
	{13213, core.Hosting},  // UK2
	{13335, core.Relay},    // Cloudflare
	{14061, core.Hosting},  // DigitalOcean
	{14618, core.Hosting},  // Amazon
	{14956, core.Hosting},  // RouterHosting
	{15003, core.Hosting},  // Leaseweb
	{15169, core.Hosting},  // Google Cloud
	{15395, core.Hosting},  // Rackspace
	{15589, ""},            // Clouditalia, an internet provider
	{15967, core.Hosting},  // nazwa.pl
	{16125, core.Hosting},  // Cherry Servers
	{16276, core.Hosting},  // OVH
	{16509, core.Hosting},  // Amazon
	{16591, ""},            // Google Fiber
	{16625, core.Relay},    // Akamai
	{17439, core.Hosting},  // Netmagic
	{18229, core.Hosting},  // CtrlS
	{18779, core.Hosting},  // EGIHosting
	{18978, core.Hosting},  // Enzu
	{19148, core.Hosting},  // Leaseweb
	{19318, core.Hosting},  // Interserver
	{19527, core.Hosting},  // Google Cloud
	{19994, core.Hosting},  // Rackspace
	{20278, core.Hosting},  // Nexeon
	{20454, core.Hosting},  // PhoenixNAP and Secured Servers
	{20473, core.Hosting},  // Vultr
	{20738, core.Hosting},  // GoDaddy and Host Europe
	{20773, core.Hosting},  // GoDaddy and Host Europe
	{20857, core.Hosting},  // TransIP
	{20860, core.Hosting},  // iomart
	{20940, core.Relay},    // Akamai
	{21342, core.Relay},    // Akamai
	{21499, core.Hosting},  // GoDaddy and Host Europe
	{21859, core.Hosting},  // Zenlayer
	{22611, core.Hosting},  // InMotion Hosting
	{22612, core.Hosting},  // Namecheap
	{22616, core.Relay},    // Zscaler
	{23470, core.Hosting},  // ReliableSite
	{24482, core.Hosting},  // SG.GS
	{24875, core.Hosting},  // NovoServe
	{24940, core.Hosting},  // Hetzner
	{24961, core.Hosting},  // WIIT, once myLoc
	{24971, core.Hosting},  // Master Internet
	{25369, core.Hosting},  // Hydra Communications
	{25820, core.Hosting},  // IT7 Networks
	{26347, core.Hosting},  // DreamHost
	{26496, core.Hosting},  // GoDaddy and Host Europe
	{27357, core.Hosting},  // Rackspace
	{27411, core.Hosting},  // Leaseweb
	{27715, core.Hosting},  // Locaweb
	{28753, core.Hosting},  // Leaseweb
	{29066, core.Hosting},  // Velia
	{29182, core.Hosting},  // First VDS
	{29761, core.Hosting},  // QuadraNet
	{29802, core.Hosting},  // Hivelocity
	{30083, core.Hosting},  // GoDaddy and Host Europe
	{30633, core.Hosting},  // Leaseweb
	{30823, core.Hosting},  // aurologic
	{31034, core.Hosting},  // Aruba
	{31103, core.Hosting},  // Keyweb
	{31898, core.Hosting},  // Oracle Cloud
	{32097, core.Hosting},  // WholeSale Internet
	{32244, core.Hosting},  // Liquid Web
	{33070, core.Hosting},  // Rackspace
	{33387, core.Hosting},  // Nocix
	{33438, core.Hosting},  // StackPath
	{34011, core.Hosting},  // GoDaddy and Host Europe
	{35278, core.Hosting},  // SprintHost
	{35415, core.Hosting},  // Webzilla and Advanced Hosters
	{35908, core.Hosting},  // Krypt
	{35913, core.Hosting},  // DediPath
	{35916, core.Hosting},  // Multacom
	{36040, core.Hosting},  // Google Cloud
	{36183, core.Relay},    // Akamai
	{36351, core.Hosting},  // IBM Cloud, once SoftLayer
	{36352, core.Hosting},  // ColoCrossing
	{36692, core.Relay},    // Cisco Umbrella
	{37153, core.Hosting},  // xneelo
	{37963, core.Hosting},  // Alibaba Cloud
	{38001, core.Hosting},  // NewMedia Express
	{38719, core.Hosting},  // Dreamscape
	{39351, core.VPN},      // Mullvad
	{39572, core.Hosting},  // Webzilla and Advanced Hosters
	{40021, core.Hosting},  // Contabo
	{40065, core.Hosting},  // CNServers
	{40384, core.Relay},    // Zscaler
	{40676, core.Hosting},  // Psychz
	{42708, core.Hosting},  // GleSYS and Portlane
	{42926, core.Hosting},  // Radore
	{43260, core.Hosting},  // DGN
	{43289, core.Hosting},  // Trabia
	{43350, core.Hosting},  // NForce
	{43541, core.Hosting},  // VSHosting
	{44066, core.Hosting},  // First Colo
	{44477, core.Hosting},  // Stark Industries
	{44901, core.Hosting},  // Belcloud
	{45090, core.Hosting},  // Tencent Cloud
	{45102, core.Hosting},  // Alibaba Cloud
	{45671, core.Hosting},  // Servers Australia
	{45839, core.Hosting},  // Shinjiru
	{46475, core.Hosting},  // Limestone
	{46562, core.Hosting},  // Performive
	{46606, core.Hosting},  // Unified Layer
	{46844, core.Hosting},  // Sharktech
	{47447, core.Hosting},  // 23M
	{47583, core.Hosting},  // Hostinger
	{48282, core.Hosting},  // VDSina
	{48337, core.Hosting},  // Akamai Connected Cloud, once Linode
	{49367, core.Hosting},  // Seflow
	{49392, core.Hosting},  // Baxet
	{49453, core.Hosting},  // Global Layer
	{49505, core.Hosting},  // Selectel
	{49544, core.Hosting},  // i3D.net
	{49981, core.Hosting},  // WorldStream
	{50304, core.Hosting},  // Blix
	{50340, core.Hosting},  // Selectel
	{50673, core.Hosting},  // Serverius
	{51167, core.Hosting},  // Contabo
	{51430, core.Hosting},  // AltusHost
	{51659, core.Hosting},  // Baxet
	{51765, core.Hosting},  // Creanova
	{51852, core.Hosting},  // Private Layer
	{52048, core.Hosting},  // DataClub
	{53667, core.Hosting},  // FranTech
	{53813, core.Relay},    // Zscaler
	{54113, core.Relay},    // Fastly
	{54290, core.Hosting},  // Hostwinds
	{54600, core.Hosting},  // PEG TECH
	{54641, core.Hosting},  // InMotion Hosting
	{54825, core.Hosting},  // Equinix Metal
	{55256, core.Relay},    // Netskope
	{55286, core.Hosting},  // ServerMania
	{55720, core.Hosting},  // Gigabit Hosting
	{55990, core.Hosting},  // Huawei Cloud
	{56630, core.Hosting},  // Melbikomas
	{57169, core.Hosting},  // EDIS
	{57367, core.Hosting},  // Atman
	{58061, core.Hosting},  // Scalaxy
	{58212, core.Hosting},  // dataforest
	{59253, core.Hosting},  // Leaseweb
	{59711, core.Hosting},  // HZ Hosting
	{60068, core.VPN},      // Datacamp, likewise
	{60404, core.Hosting},  // Liteserver
	{60558, core.Hosting},  // PhoenixNAP and Secured Servers
	{60729, core.VPN},      // Stiftung Erneuerbare Freiheit, Tor
	{60781, core.Hosting},  // Leaseweb
	{61272, core.Hosting},  // Bacloud
	{62005, core.Hosting},  // BlueVPS
	{62044, core.Relay},    // Zscaler
	{62240, core.Hosting},  // Clouvider
	{62282, core.Hosting},  // Rakrejus
	{62371, core.VPN},      // Proton
	{62567, core.Hosting},  // DigitalOcean
	{62744, core.VPN},      // Quintex, Tor
	{62904, core.Hosting},  // Eonix
	{63023, core.Hosting},  // GTHost
	{63473, core.Hosting},  // HostHatch
	{63949, core.Hosting},  // Akamai Connected Cloud, once Linode
	{64050, core.Hosting},  // BGPNET
	{64286, core.Hosting},  // LogicWeb
	{131965, core.Hosting}, // Xserver
	{132203, core.Hosting}, // Tencent Cloud
	{132335, core.Hosting}, // LeapSwitch
	{132892, core.Relay},   // Cloudflare
	{133296, core.Hosting}, // Web Werks
	{133752, core.Hosting}, // Leaseweb
	{134548, core.Hosting}, // DXTL
	{134963, core.Hosting}, // Alibaba Cloud
	{135377, core.Hosting}, // UCloud
	{136557, core.VPN},     // Host Universal, likewise
	{136787, core.VPN},     // Packethub, the network of NordVPN
	{136907, core.Hosting}, // Huawei Cloud
	{138915, core.Hosting}, // Kaopu Cloud
	{139341, core.Hosting}, // Tencent Cloud
	{141039, core.VPN},     // Packethub, the network of NordVPN
	{141995, core.Hosting}, // Contabo
	{147049, core.VPN},     // Packethub, the network of NordVPN
	{197540, core.Hosting}, // netcup
	{197695, core.Hosting}, // REG.RU
	{198093, core.VPN},     // DFRI, Tor
	{198610, core.Hosting}, // Beget
	{199218, core.VPN},     // Proton
	{199524, core.Hosting}, // G-Core
	{200130, core.Hosting}, // DigitalOcean
	{200350, core.Hosting}, // Yandex Cloud
	{200651, core.Hosting}, // FlokiNET
	{201814, core.Hosting}, // Mevspace
	{202018, core.Hosting}, // DigitalOcean
	{202422, core.Hosting}, // G-Core
	{202425, core.Hosting}, // IP Volume
	{203020, core.Hosting}, // HostRoyale
	{204915, core.Hosting}, // Hostinger
	{205100, core.VPN},     // F3 Netze, Tor
	{205544, core.Hosting}, // Leaseweb
	{206264, core.Hosting}, // Amarutu
	{206804, core.Hosting}, // EstNOC
	{207137, core.VPN},     // Packethub, the network of NordVPN
	{207990, core.Hosting}, // HostRoyale
	{208046, core.Hosting}, // ColocationX
	{208294, core.VPN},     // Relayon, Tor
	{208323, core.VPN},     // Foundation for Applied Privacy, Tor
	{209103, core.VPN},     // Proton
	{209242, core.Relay},   // Cloudflare
	{210558, core.VPN},     // 1337 Services, Tor
	{210644, core.Hosting}, // Aeza
	{211252, core.Hosting}, // Delis
	{212238, core.VPN},     // Datacamp, likewise
	{212317, core.Hosting}, // Hetzner
	{213230, core.Hosting}, // Hetzner
	{216246, core.Hosting}, // Aeza
	{262287, core.Hosting}, // Latitude.sh
	{328608, core.Hosting}, // Africa on Cloud
	{393406, core.Hosting}, // DigitalOcean
	{394362, core.Hosting}, // DigitalOcean
	{394380, core.Hosting}, // Leaseweb
	{394695, core.Hosting}, // PublicDomainRegistry
	{395954, core.Hosting}, // Leaseweb
	{396356, core.Hosting}, // Latitude.sh
	{396362, core.Hosting}, // Leaseweb
	{396507, core.VPN},     // Emerald Onion, Tor
	{396982, core.Hosting}, // Google Cloud
	{398101, core.Hosting}, // GoDaddy and Host Europe
	{398478, core.Hosting}, // PEG TECH
	{399629, core.Hosting}, // BL Networks
}
