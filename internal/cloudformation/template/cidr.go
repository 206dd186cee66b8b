package template

import (
	"math/big"
	"net/netip"
	"strconv"
)

// cidrFunction is {"Fn::Cidr": [block, count, bits]}. It returns the first count adjacent
// CIDR blocks of block, each with bits host bits.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html
type cidrFunction struct{ block, count, bits expression }

func (f *cidrFunction) eval(s *scope) (any, error) {
	block, known, err := evalText(s, f.block, "Fn::Cidr's address block")
	if err != nil || !known {
		return Unknown{}, err
	}
	prefix, err := netip.ParsePrefix(block)
	if err != nil {
		return nil, newError("Template error: Fn::Cidr: needs a CIDR block, got %q", block)
	}
	count, err := f.number(s, f.count, 1, 256)
	if err != nil {
		return nil, err
	}
	bits, err := f.number(s, f.bits, 0, prefix.Addr().BitLen())
	if err != nil {
		return nil, err
	}
	return subnets(prefix.Masked(), count, bits)
}

func (f *cidrFunction) children() []expression { return []expression{f.block, f.count, f.bits} }

// number evaluates e to an integer from low to high.
func (f *cidrFunction) number(s *scope, e expression, low, high int) (int, error) {
	v, _, err := evalText(s, e, "Fn::Cidr's number")
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < low || n > high {
		return 0, newError("Template error: Fn::Cidr: needs a number from %d to %d, got %q", low, high, v)
	}
	return n, nil
}

// subnets returns the first count CIDR blocks of prefix with bits host bits each.
func subnets(prefix netip.Prefix, count, bits int) (any, error) {
	length := prefix.Addr().BitLen() - bits
	room := length - prefix.Bits()
	if room < 0 || (room < 16 && count > 1<<room) {
		return nil, newError("Template error: Fn::Cidr: %s is too small for %d blocks with %d host bits", prefix, count, bits)
	}
	next := new(big.Int).SetBytes(prefix.Addr().AsSlice())
	step := new(big.Int).Lsh(big.NewInt(1), uint(bits))
	out := make([]any, count)
	for i := range out {
		raw := next.FillBytes(make([]byte, prefix.Addr().BitLen()/8))
		addr, _ := netip.AddrFromSlice(raw)
		out[i] = netip.PrefixFrom(addr, length).String()
		next.Add(next, step)
	}
	return out, nil
}
