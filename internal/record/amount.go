package record

import (
	"math"
	"strings"
)

// compilePrice compiles commerce.price. Of a negative bound, KDG makes "0".
func compilePrice(_ *compiler, args arguments) (op, error) {
	a, err := readAmount(args)
	if err == nil && (a.least < 0 || a.most < 0) {
		return literal(a.symbol + "0"), nil
	}
	return a.op(), err
}

// compileAmount compiles finance.amount.
func compileAmount(_ *compiler, args arguments) (op, error) {
	a, err := readAmount(args)
	return a.op(), err
}

// amount is a whole number with decimals, which are zeros as in KDG, and a symbol
// before it. KDG can be given but the first of these.
type amount struct {
	least, most float64
	decimals    int
	symbol      string
}

func readAmount(args arguments) (amount, error) {
	a := amount{0, 1000, 2, ""}
	var err error
	if a.least, err = args.number(0, 0); err != nil {
		return a, err
	}
	if a.most, err = args.number(1, 1000); err != nil {
		return a, err
	}
	if a.most == 0 {
		a.most = 1000
	}
	if a.decimals, err = args.count(2, 2, 20); err != nil {
		return a, err
	}
	if a.decimals == 0 {
		a.decimals = 2
	}
	symbol, ok := args.at(3).(string)
	if args.at(3) != nil && !ok {
		return a, args.refuse(3, "a symbol such as \"$\"")
	}
	a.symbol = symbol
	return a, nil
}

func (a amount) op() op {
	value := newNumber(a.least, a.most, 1).fast("." + strings.Repeat("0", a.decimals))
	if a.symbol == "" {
		return value
	}
	return sequence{literal(a.symbol), value}
}

// coordinate is degrees with four decimals, up to as much on both sides of zero.
type coordinate int

func (coordinate) room() int { return len("-180.0000") }

func (c coordinate) put(buf []byte, at int, g *Generator) int {
	return putDegrees(buf, at, g.below(int(c)*2*10000+1)-int(c)*10000)
}

// putDegrees writes an angle of ten-thousandths of a degree.
func putDegrees(buf []byte, at, n int) int {
	if n < 0 {
		buf[at] = '-'
		at, n = at+1, -n
	}
	at = putUint(buf, at, uint64(n/10000))
	buf[at] = '.'
	return putPadded(buf, at+1, 4, uint64(n%10000))
}

// nearby is a place within a radius of another, or of one anywhere: its latitude
// and longitude.
type nearby struct {
	anywhere            bool
	latitude, longitude float64 // degrees
	radius              float64 // kilometers
}

func (nearby) room() int { return len("-90.0000,-180.0000") }

func (n nearby) put(buf []byte, at int, g *Generator) int {
	latitude, longitude := n.latitude, n.longitude
	if n.anywhere {
		latitude, longitude = g.random()*180-90, g.random()*360-180
	}
	const degree = math.Pi / 180
	const earth = 6378.137 // radius, in kilometers
	bearing, distance := g.random()*2*math.Pi, g.random()*n.radius/earth
	fromSin, fromCos := math.Sincos(latitude * degree)
	awaySin, awayCos := math.Sincos(distance)
	toSin := fromSin*awayCos + fromCos*awaySin*math.Cos(bearing)
	east := math.Atan2(math.Sin(bearing)*awaySin*fromCos, awayCos-fromSin*toSin)
	longitude = math.Mod(longitude+east/degree+540, 360) - 180
	at = putDegrees(buf, at, int(math.Round(math.Asin(max(-1, min(1, toSin)))/degree*10000)))
	buf[at] = ','
	return putDegrees(buf, at+1, int(math.Round(longitude*10000)))
}

// compileNearby compiles address.nearbyGPSCoordinate: near a [latitude,
// longitude], within a radius of 10, in miles unless the third argument is true.
func compileNearby(_ *compiler, args arguments) (op, error) {
	n := nearby{anywhere: args.at(0) == nil}
	if !n.anywhere {
		pair, _ := args.at(0).([]any)
		if len(pair) != 2 {
			return nil, args.refuse(0, "[latitude, longitude]")
		}
		var errs [2]error
		n.latitude, errs[0] = toNumber(pair[0])
		n.longitude, errs[1] = toNumber(pair[1])
		if errs != [2]error{} || math.Abs(n.latitude) > 90 || math.Abs(n.longitude) > 180 {
			return nil, args.refuse(0, "[latitude, longitude]")
		}
	}
	radius, err := args.number(1, 10)
	if err != nil || radius < 0 || radius > 20000 {
		return nil, args.refuse(1, "from 0 to 20000")
	}
	const mile = 1.609344
	n.radius = radius
	if args.at(2) != true {
		n.radius *= mile
	}
	return n, nil
}
