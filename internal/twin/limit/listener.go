package limit

import (
	"net"
	"sync"
)

// listener limits the number of open connections. A LimitListener of package
// golang.org/x/net/netutil would not do, since its connections lack CloseWrite. The
// server calls CloseWrite so that a client that is still sending receives the response.
type listener struct {
	net.Listener
	slots  chan struct{} // one value for each open connection
	closed chan struct{} // closed by Close
	close  func() error
}

// Listener returns a listener that accepts the connections of l, and at most
// b.Connections at a time.
func Listener(l net.Listener, b Bounds) net.Listener {
	out := &listener{Listener: l, slots: make(chan struct{}, b.Connections), closed: make(chan struct{})}
	out.close = sync.OnceValue(func() error {
		close(out.closed)
		return l.Close()
	})
	return out
}

// Accept waits until fewer than the most connections are open, and then for the next
// connection.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case l.slots <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	accepted, err := l.Listener.Accept()
	if err != nil {
		<-l.slots
		return nil, err
	}
	return &connection{accepted.(*net.TCPConn), sync.OnceFunc(func() { <-l.slots })}, nil //nolint:errcheck // the twin listens on TCP
}

// Close makes Accept return. Open connections stay open.
func (l *listener) Close() error { return l.close() }

// connection is an open connection, which counts toward the limit until it is closed.
type connection struct {
	*net.TCPConn
	release func() // lets the listener accept another connection
}

// Close closes the connection.
func (c *connection) Close() error {
	defer c.release()
	return c.TCPConn.Close()
}
