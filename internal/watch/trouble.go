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

// trouble is what keeps the page from going on, in sentences for people.
type trouble struct {
	What   string `json:"what"`
	Remedy string `json:"remedy"`
	Detail string `json:"detail"` // what was said word for word
}

// misnamed is an error in what the page was asked to show, which waiting doesn't
// mend.
type misnamed struct{ error }

// troubleOf says what an error means and what to do. The page asks again by itself
// in any case.
func troubleOf(err error, view string) trouble {
	t := trouble{Detail: err.Error()}
	var (
		api       smithy.APIError
		statement *dataapi.StatementError
		offline   *net.OpError
		wrong     misnamed
	)
	words := strings.ToLower(err.Error())
	switch {
	case errors.As(err, &wrong):
		t.What, t.Remedy, t.Detail = "The page can't show what it was asked for.", "End tributary watch, and start it with other names.", wrong.Error()
	case strings.Contains(words, "is paused"):
		t.What, t.Remedy = "The warehouse is paused.", "Resume it, and the page goes on by itself."
	case strings.Contains(words, "is resuming"), strings.Contains(words, "is rebooting"), strings.Contains(words, "is not available"), strings.Contains(words, "being modified"):
		t.What, t.Remedy = "The warehouse isn't available yet.", "It is on its way; the page goes on by itself."
	case dataapi.NoSuchTarget(err), errors.As(err, &api) && strings.Contains(words, "not found"):
		t.What, t.Remedy = "There is no such warehouse.", "Deploy the stack; the page goes on by itself."
	case errors.Is(err, syscall.ECONNREFUSED), errors.As(err, &offline):
		t.What, t.Remedy = "Nothing answers where the warehouse should be.", "Start the local twin with: tributary local up; or look at the network."
	case errors.As(err, &statement) && strings.Contains(words, "does not exist") && strings.Contains(words, "relation"), strings.Contains(words, "schema") && strings.Contains(words, "does not exist"):
		t.What, t.Remedy = "There is no view "+view+" yet.", "Deploy the stack that makes it, or name another with --view."
	case strings.Contains(words, "permission denied"), strings.Contains(words, "not authorized"), strings.Contains(words, "accessdenied"):
		t.What, t.Remedy = "You may not read this.", "Ask for the permission that is named below, or give --secret-arn."
	case strings.Contains(words, "time zone"):
		t.What, t.Remedy = "The warehouse doesn't know this time zone.", "Choose another one."
	case errors.Is(err, context.DeadlineExceeded):
		t.What, t.Remedy = "The warehouse takes too long to answer.", "Choose a shorter window; the page asks again by itself."
	default:
		t.What, t.Remedy = "The warehouse can't answer.", "The page asks again by itself."
	}
	return t
}
