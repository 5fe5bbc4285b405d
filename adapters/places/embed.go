package places

import _ "embed" // countries.bin is part of the program

// countries is the table of countries, made of DB-IP's IP to Country Lite. Its licence is in dbip-license.txt; who renews
// it finds how in table_write_test.go.
//
//go:embed countries.bin
var countries string

// dbip is what DB-IP's licence asks to be shown where its data is used.
const dbip = "IP Geolocation by DB-IP (https://db-ip.com), CC BY 4.0"
