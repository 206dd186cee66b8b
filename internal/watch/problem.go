package watch

import (
	"context"
	"errors"
	"net"
	"strings"
	"syscall"

	"github.com/aws/smithy-go"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// problem is the data of the event "problem": why the page can't show the view, in
// sentences for people.
type problem struct {
	What   string `json:"what"`
	Remedy string `json:"remedy"`
	Detail string `json:"detail"` // the text of the error
}

// wrongOptions is an error in the [Options]. Waiting does not solve it.
type wrongOptions struct{ error }

// problemOf returns the problem and the remedy for an error. The feed repeats its queries
// in any case.
func problemOf(err error, view string) problem {
	p := problem{Detail: err.Error()}
	var (
		api       smithy.APIError
		statement *dataapi.StatementError
		offline   *net.OpError
		wrong     wrongOptions
	)
	text := strings.ToLower(err.Error())
	switch {
	case errors.As(err, &wrong):
		p.What, p.Remedy, p.Detail = "The page can't show these columns.", "Stop tributary watch, and start it again with other column names.", wrong.Error()
	case strings.Contains(text, "is paused"):
		p.What, p.Remedy = "The warehouse is paused.", "Resume it. The page then continues by itself."
	case strings.Contains(text, "is resuming"), strings.Contains(text, "is rebooting"), strings.Contains(text, "is not available"), strings.Contains(text, "being modified"):
		p.What, p.Remedy = "The warehouse isn't available yet.", "Wait: the page continues by itself as soon as the warehouse is available."
	case dataapi.NoSuchTarget(err), errors.As(err, &api) && strings.Contains(text, "not found"):
		p.What, p.Remedy = "The warehouse does not exist.", "Deploy the stack. The page then continues by itself."
	case errors.Is(err, syscall.ECONNREFUSED), errors.As(err, &offline):
		p.What, p.Remedy = "The warehouse can't be reached.", "Start the local twin with: tributary local up; or check the network."
	case errors.As(err, &statement) && strings.Contains(text, "does not exist") && strings.Contains(text, "relation"), strings.Contains(text, "schema") && strings.Contains(text, "does not exist"):
		p.What, p.Remedy = "There is no view "+view+" yet.", "Deploy the stack that creates it, or name another view with --view."
	case strings.Contains(text, "permission denied"), strings.Contains(text, "not authorized"), strings.Contains(text, "accessdenied"):
		p.What, p.Remedy = "You may not read the view.", "Ask for the permission in the message below, or use --secret-arn."
	case strings.Contains(text, "time zone"):
		p.What, p.Remedy = "The warehouse doesn't know this time zone.", "Choose another time zone."
	case errors.Is(err, context.DeadlineExceeded):
		p.What, p.Remedy = "The query takes too long.", "Choose a shorter window. The page also tries again by itself."
	default:
		p.What, p.Remedy = "The query failed.", "The page tries again by itself."
	}
	return p
}
