package record

import (
	"math"
	"strings"
)

// compilePrice compiles commerce.price. With a negative bound, KDG always prints "0".
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

// amount is a random whole number with a symbol before it and decimals after it. The
// decimals are zeros, as in KDG. KDG accepts only the first argument, least.
type amount struct {
	least, most float64
	decimals    int
	symbol      string
}

// readAmount returns the amount that the arguments describe.
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
		return a, args.invalid(3, "a symbol such as \"$\"")
	}
	a.symbol = symbol
	return a, nil
}

// op returns the op that prints the amount.
func (a amount) op() op {
	value := newNumber(a.least, a.most, 1).fast("." + strings.Repeat("0", a.decimals))
	if a.symbol == "" {
		return value
	}
	return sequence{literal(a.symbol), value}
}

// coordinate is an op for an angle in degrees with four decimals, from -coordinate to
// coordinate.
type coordinate int

func (coordinate) room() int { return len("-180.0000") }

func (c coordinate) put(buf []byte, at int, g *Generator) int {
	return putDegrees(buf, at, g.below(int(c)*2*10000+1)-int(c)*10000)
}

// putDegrees writes an angle of n ten-thousandths of a degree, and returns its end.
func putDegrees(buf []byte, at, n int) int {
	if n < 0 {
		buf[at] = '-'
		at, n = at+1, -n
	}
	at = putUint(buf, at, uint64(n/10000))
	buf[at] = '.'
	return putPadded(buf, at+1, 4, uint64(n%10000))
}

// nearby is an op for the latitude and longitude of a random place within a radius of
// another place.
type nearby struct {
	anywhere            bool    // the other place is random, too
	latitude, longitude float64 // the other place, in degrees; unused if anywhere is true
	radius              float64 // in kilometers
}

func (nearby) room() int { return len("-90.0000,-180.0000") }

func (n nearby) put(buf []byte, at int, g *Generator) int {
	latitude, longitude := n.latitude, n.longitude
	if n.anywhere {
		latitude, longitude = g.random()*180-90, g.random()*360-180
	}
	const degree = math.Pi / 180
	const earth = 6378.137 // the radius of the earth in kilometers
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

// compileNearby compiles address.nearbyGPSCoordinate. Its arguments are [latitude,
// longitude] (default: a random place), the radius (default: 10), and true if the radius is
// in kilometers instead of miles.
func compileNearby(_ *compiler, args arguments) (op, error) {
	n := nearby{anywhere: args.at(0) == nil}
	if !n.anywhere {
		pair, _ := args.at(0).([]any)
		if len(pair) != 2 {
			return nil, args.invalid(0, "[latitude, longitude]")
		}
		var errs [2]error
		n.latitude, errs[0] = toNumber(pair[0])
		n.longitude, errs[1] = toNumber(pair[1])
		if errs != [2]error{} || math.Abs(n.latitude) > 90 || math.Abs(n.longitude) > 180 {
			return nil, args.invalid(0, "[latitude, longitude]")
		}
	}
	radius, err := args.number(1, 10)
	if err != nil || radius < 0 || radius > 20000 {
		return nil, args.invalid(1, "from 0 to 20000")
	}
	const mile = 1.609344 // in kilometers
	n.radius = radius
	if args.at(2) != true {
		n.radius *= mile
	}
	return n, nil
}
