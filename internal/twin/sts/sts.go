// Package sts emulates the AWS Security Token Service for the local twin. It implements
// the two actions that the CDK CLI and the AWS SDKs call: GetCallerIdentity and
// AssumeRole. It keeps every key that can sign requests to the twin: the key of the
// account's root, and the keys of the role sessions that it has issued.
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

// Service issues credentials and keeps the identity of each access key. [New] creates one;
// the zero value is not usable.
type Service struct {
	account account.Account
	clock   func() time.Time

	mu         sync.Mutex
	identities map[string]identity // by access key id
}

// identity is the identity that signs with an access key.
type identity struct {
	arn, userID string
	key         signature.Key // the secret and the session token of the access key
}

// Credentials are an access key of the account's root or of a role session.
type Credentials struct {
	AccessKeyID, SecretAccessKey, SessionToken string
	Expiration                                 time.Time
}

// New returns a Service for an account whose root user signs with the credentials root.
// clock returns the current time.
func New(owner account.Account, root Credentials, clock func() time.Time) *Service {
	return &Service{account: owner, clock: clock, identities: map[string]identity{
		root.AccessKeyID: {owner.GlobalARN("iam", "root"), owner.ID, signature.Key{Secret: root.SecretAccessKey, Token: root.SessionToken}},
	}}
}

// Key returns the secret and the session token of an access key, and false if the access
// key does not exist.
func (s *Service) Key(accessKeyID string) (signature.Key, bool) {
	id, ok := s.identityOf(accessKeyID)
	return id.key, ok
}

// Assume issues credentials for a session of a role. Their Expiration is in one hour, but
// the twin accepts them for as long as it runs.
func (s *Service) Assume(roleARN, session string) Credentials {
	c := Credentials{
		AccessKeyID:     "ASIA" + strings.ToUpper(randomHex(8)),
		SecretAccessKey: randomHex(20),
		SessionToken:    randomHex(32),
		Expiration:      s.clock().Add(time.Hour).UTC().Truncate(time.Second),
	}
	arn := strings.Replace(roleARN, ":iam:", ":sts:", 1)
	arn = strings.Replace(arn, ":role/", ":assumed-role/", 1) + "/" + session
	s.mu.Lock()
	defer s.mu.Unlock()
	key := signature.Key{Secret: c.SecretAccessKey, Token: c.SessionToken}
	s.identities[c.AccessKeyID] = identity{arn, iam.RoleID(path.Base(roleARN)) + ":" + session, key}
	return c
}

// UserID returns the value of the condition key aws:userid for an access key. For a role
// session, it consists of the role's unique id and the session's name. It is "" if the
// access key does not exist.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-userid
func (s *Service) UserID(accessKeyID string) string {
	id, _ := s.identityOf(accessKeyID)
	return id.userID
}

// Caller returns the ARN of the identity that signs with an access key: the account's root
// user or an assumed role. It returns false if the access key does not exist.
func (s *Service) Caller(accessKeyID string) (arn string, known bool) {
	id, ok := s.identityOf(accessKeyID)
	return id.arn, ok
}

func (s *Service) identityOf(accessKeyID string) (identity, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, ok := s.identities[accessKeyID]
	return id, ok
}

// ServeHTTP implements GetCallerIdentity and AssumeRole over the AWS Query protocol. For
// any other action it returns the error InvalidAction.
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
	id, ok := s.identityOf(signature.Signer(r.Context()))
	if !ok {
		return nil, &wire.Error{Status: http.StatusForbidden, Code: "InvalidClientTokenId", Message: "The security token included in the request is invalid."}
	}
	return callerIdentityResponse{
		XMLNS: namespace, ARN: id.arn, UserID: id.userID, Account: s.account.ID,
		Metadata: metadata{randomHex(16)},
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
		problems = append(problems, "RoleArn: needs the ARN of a role, got "+strconv.Quote(role))
	}
	if !sessionName.MatchString(session) {
		problems = append(problems, "RoleSessionName: needs 2 to 64 characters of [\\w+=,.@-], got "+strconv.Quote(session))
	}
	if len(problems) > 0 {
		return nil, wire.Errorf("ValidationError", "%s", strings.Join(problems, "; "))
	}
	c := s.Assume(role, session)
	id, _ := s.identityOf(c.AccessKeyID) // exists: Assume has just issued it
	return assumeRoleResponse{
		XMLNS: namespace,
		Result: assumeRoleResult{
			AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken,
			Expiration: c.Expiration.Format(time.RFC3339), AssumedRoleID: id.userID, ARN: id.arn,
		},
		Metadata: metadata{randomHex(16)},
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
		XMLNS: namespace, Type: "Sender", Code: e.Code, Message: e.Message, RequestID: randomHex(16),
	})
}

func writeXML(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	_ = xml.NewEncoder(w).Encode(body) // fails only if the client has disconnected
}

// randomHex returns n random bytes as 2n hexadecimal digits.
func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails, according to its documentation
	return hex.EncodeToString(b)
}
