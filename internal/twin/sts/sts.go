// Package sts answers, for the local twin, the two AWS Security Token Service
// calls that the CDK CLI and the AWS SDKs make: who am I, and may I be that
// role. It knows every key that signs requests to the twin: the account's own,
// and those of the sessions that it has issued.
//
// Source: https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html
package sts

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/xml"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/account"
	"github.com/tributary-cdk/tributary/internal/twin/iam"
	"github.com/tributary-cdk/tributary/internal/twin/signature"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

const namespace = "https://sts.amazonaws.com/doc/2011-06-15/"

// Service hands out credentials and remembers whose they are. Its zero value
// is not usable: see [New].
type Service struct {
	account account.Account
	clock   func() time.Time

	mu     sync.Mutex
	owners map[string]identity // by access key id
}

// identity is who signs with an access key, and what else belongs to the key.
type identity struct {
	arn, userID string
	key         signature.Key
}

// Credentials sign requests as the role that they were issued for.
type Credentials struct {
	AccessKeyID, SecretAccessKey, SessionToken string
	Expiration                                 time.Time
}

// New returns a Service of an account whose root signs with the key root. clock
// gives the time that credentials expire by.
func New(owner account.Account, root Credentials, clock func() time.Time) *Service {
	return &Service{account: owner, clock: clock, owners: map[string]identity{
		root.AccessKeyID: {owner.GlobalARN("iam", "root"), owner.ID, signature.Key{Secret: root.SecretAccessKey, Token: root.SessionToken}},
	}}
}

// Key returns what belongs to an access key id, and whether it is known.
func (s *Service) Key(accessKeyID string) (signature.Key, bool) {
	who, ok := s.caller(accessKeyID)
	return who.key, ok
}

// Assume issues credentials for a role's session. They last an hour on paper;
// the twin takes them for as long as it runs.
func (s *Service) Assume(roleARN, session string) Credentials {
	c := Credentials{
		AccessKeyID:     "ASIA" + strings.ToUpper(random(8)),
		SecretAccessKey: random(20),
		SessionToken:    random(32),
		Expiration:      s.clock().Add(time.Hour).UTC().Truncate(time.Second),
	}
	arn := strings.Replace(roleARN, ":iam:", ":sts:", 1)
	arn = strings.Replace(arn, ":role/", ":assumed-role/", 1) + "/" + session
	s.mu.Lock()
	defer s.mu.Unlock()
	key := signature.Key{Secret: c.SecretAccessKey, Token: c.SessionToken}
	s.owners[c.AccessKeyID] = identity{arn, iam.RoleID(path.Base(roleARN)) + ":" + session, key}
	return c
}

// UserID returns the aws:userid of whoever signs with an access key id: of a role's
// session, the role's unique id and the session's name.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-userid
func (s *Service) UserID(accessKeyID string) string {
	who, _ := s.caller(accessKeyID)
	return who.userID
}

// Caller returns the ARN of whoever signs with an access key id: the account's root
// or an assumed role. It is false of a key that is nobody's.
func (s *Service) Caller(accessKeyID string) (arn string, known bool) {
	who, ok := s.caller(accessKeyID)
	return who.arn, ok
}

func (s *Service) caller(accessKeyID string) (identity, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	who, ok := s.owners[accessKeyID]
	return who, ok
}

// ServeHTTP answers GetCallerIdentity and AssumeRole over the AWS Query
// protocol, and refuses every other action by name.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		writeError(w, wire.Errorf("MalformedQueryString", "%v", err))
		return
	}
	var (
		out any
		err error
	)
	switch action := r.PostForm.Get("Action"); action {
	case "GetCallerIdentity":
		out, err = s.getCallerIdentity(r)
	case "AssumeRole":
		out, err = s.assumeRole(r)
	default:
		err = wire.Errorf("InvalidAction", "the local twin's sts has no action %q", action)
	}
	if err != nil {
		writeError(w, wire.AsError(err))
		return
	}
	writeXML(w, http.StatusOK, out)
}

type metadata struct {
	RequestID string `xml:"RequestId"`
}

type callerIdentityResponse struct {
	XMLName  xml.Name `xml:"GetCallerIdentityResponse"`
	XMLNS    string   `xml:"xmlns,attr"`
	ARN      string   `xml:"GetCallerIdentityResult>Arn"`
	UserID   string   `xml:"GetCallerIdentityResult>UserId"`
	Account  string   `xml:"GetCallerIdentityResult>Account"`
	Metadata metadata `xml:"ResponseMetadata"`
}

func (s *Service) getCallerIdentity(r *http.Request) (any, error) {
	who, ok := s.caller(signature.Signer(r.Context()))
	if !ok {
		return nil, &wire.Error{Status: http.StatusForbidden, Code: "InvalidClientTokenId", Message: "The security token included in the request is invalid."}
	}
	return callerIdentityResponse{
		XMLNS: namespace, ARN: who.arn, UserID: who.userID, Account: s.account.ID,
		Metadata: metadata{random(16)},
	}, nil
}

type assumeRoleResponse struct {
	XMLName  xml.Name         `xml:"AssumeRoleResponse"`
	XMLNS    string           `xml:"xmlns,attr"`
	Result   assumeRoleResult `xml:"AssumeRoleResult"`
	Metadata metadata         `xml:"ResponseMetadata"`
}

type assumeRoleResult struct {
	AccessKeyID     string `xml:"Credentials>AccessKeyId"`
	SecretAccessKey string `xml:"Credentials>SecretAccessKey"`
	SessionToken    string `xml:"Credentials>SessionToken"`
	Expiration      string `xml:"Credentials>Expiration"`
	AssumedRoleID   string `xml:"AssumedRoleUser>AssumedRoleId"`
	ARN             string `xml:"AssumedRoleUser>Arn"`
}

var sessionName = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)

func (s *Service) assumeRole(r *http.Request) (any, error) {
	role, session := r.PostForm.Get("RoleArn"), r.PostForm.Get("RoleSessionName")
	var problems []string
	if !account.IsRoleARN(role) {
		problems = append(problems, "RoleArn "+strconv.Quote(role)+" is not a role's ARN")
	}
	if !sessionName.MatchString(session) {
		problems = append(problems, "RoleSessionName "+strconv.Quote(session)+" is not 2 to 64 of [\\w+=,.@-]")
	}
	if len(problems) > 0 {
		return nil, wire.Errorf("ValidationError", "%s", strings.Join(problems, "; "))
	}
	c := s.Assume(role, session)
	who, _ := s.caller(c.AccessKeyID) // issued just now
	return assumeRoleResponse{
		XMLNS: namespace,
		Result: assumeRoleResult{
			AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken,
			Expiration: c.Expiration.Format(time.RFC3339), AssumedRoleID: who.userID, ARN: who.arn,
		},
		Metadata: metadata{random(16)},
	}, nil
}

type errorResponse struct {
	XMLName   xml.Name `xml:"ErrorResponse"`
	XMLNS     string   `xml:"xmlns,attr"`
	Type      string   `xml:"Error>Type"`
	Code      string   `xml:"Error>Code"`
	Message   string   `xml:"Error>Message"`
	RequestID string   `xml:"RequestId"`
}

func writeError(w http.ResponseWriter, e *wire.Error) {
	writeXML(w, e.Status, errorResponse{
		XMLNS: namespace, Type: "Sender", Code: e.Code, Message: e.Message, RequestID: random(16),
	})
}

func writeXML(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	_ = xml.NewEncoder(w).Encode(body) // the client has gone: nobody is left to tell
}

// random returns n random bytes in hexadecimal.
func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails, says its documentation
	return hex.EncodeToString(b)
}
