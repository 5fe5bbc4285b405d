package places

// Bound makes smaller how large a fetched file may be.
func (p *Places) Bound(bytes int64) { p.largest = bytes }
