package talk

// What the tests look at besides the front door.
var (
	CutEnd  = cutEnd
	ReadEnd = readEnd
)
