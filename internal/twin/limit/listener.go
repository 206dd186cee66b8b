package limit

import (
	"net"
	"sync"
)

// listener bounds the connections that are open. It is no
// golang.org/x/net/netutil.LimitListener, whose connections lack CloseWrite: the
// server ends its half of a connection by that, so that a client which is still
// sending gets its answer.
type listener struct {
	net.Listener
	slots  chan struct{}
	closed chan struct{}
	close  func() error
}

// Listener bounds the connections that l accepts.
func Listener(l net.Listener, b Bounds) net.Listener {
	out := &listener{Listener: l, slots: make(chan struct{}, b.Connections), closed: make(chan struct{})}
	out.close = sync.OnceValue(func() error {
		close(out.closed)
		return l.Close()
	})
	return out
}

// Accept waits until a connection may be open, and until there is one.
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

// Close ends Accept, and keeps the connections that are open.
func (l *listener) Close() error { return l.close() }

// connection lets another one be open when it is closed.
type connection struct {
	*net.TCPConn
	release func()
}

// Close closes the connection.
func (c *connection) Close() error {
	defer c.release()
	return c.TCPConn.Close()
}
