package warehouse

import (
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// Authorize refuses a call that its caller's policies don't allow. Nil allows all.
type Authorize func(r *http.Request, action, resource string, context map[string]string) error

// Clusters answers the part of Redshift's API that is about clusters and their
// roles, over the AWS Query protocol. Anything else is refused by name.
//
// Source: https://docs.aws.amazon.com/redshift/latest/APIReference/Welcome.html
type Clusters struct {
	Store     *Store
	Authorize Authorize
	// Trusts reports whether Redshift may assume a role. Nil means that it may.
	Trusts func(role string) bool
}

const clusterNamespace = "http://redshift.amazonaws.com/doc/2012-12-01/"

// clusterXML is a cluster as the API describes it.
type clusterXML struct {
	ClusterIdentifier       string    `xml:"ClusterIdentifier"`
	ClusterStatus           string    `xml:"ClusterStatus"`
	NodeType                string    `xml:"NodeType"`
	NumberOfNodes           int       `xml:"NumberOfNodes"`
	DBName                  string    `xml:"DBName"`
	MasterUsername          string    `xml:"MasterUsername"`
	MasterPasswordSecretARN string    `xml:"MasterPasswordSecretArn,omitempty"`
	DefaultIamRoleARN       string    `xml:"DefaultIamRoleArn,omitempty"`
	Encrypted               bool      `xml:"Encrypted"`
	Endpoint                endpoint  `xml:"Endpoint"`
	IamRoles                []roleXML `xml:"IamRoles>ClusterIamRole"`
}

type endpoint struct {
	Address string `xml:"Address"`
	Port    int    `xml:"Port"`
}

type roleXML struct {
	IamRoleARN  string `xml:"IamRoleArn"`
	ApplyStatus string `xml:"ApplyStatus"`
}

// ServeHTTP runs the action that the form names.
func (a *Clusters) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		writeQueryError(w, wire.Errorf("MalformedQueryString", "%v", err))
		return
	}
	action := r.PostForm.Get("Action")
	result, err := a.run(r, action)
	if err != nil {
		writeQueryError(w, clusterError(err))
		return
	}
	body, err := xml.Marshal(result)
	if err != nil {
		writeQueryError(w, wire.AsError(err))
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	_, _ = fmt.Fprintf(w, //nolint:gosec // the action is one that is known, and the body is XML
		`<%[1]sResponse xmlns="%[2]s"><%[1]sResult>%[3]s</%[1]sResult><ResponseMetadata><RequestId>twin</RequestId></ResponseMetadata></%[1]sResponse>`,
		action, clusterNamespace, body) // the client has gone: nobody is left to tell
}

func (a *Clusters) run(r *http.Request, action string) (any, error) {
	form := r.PostForm
	id := form.Get("ClusterIdentifier")
	actions := map[string]func() error{
		"CreateCluster":         func() error { return a.create(r) },
		"DeleteCluster":         func() error { return a.Store.DeleteCluster(r.Context(), id) },
		"PauseCluster":          func() error { return a.Store.SetPaused(id, true) },
		"ResumeCluster":         func() error { return a.Store.SetPaused(id, false) },
		"ModifyClusterIamRoles": func() error { return a.modifyRoles(r) },
		"DescribeClusters":      func() error { return nil },
	}
	act, ok := actions[action]
	if !ok {
		return nil, wire.Errorf("InvalidAction", "the local twin's redshift has no action %q; it has %s", action, strings.Join(slices.Sorted(maps.Keys(actions)), ", "))
	}
	if err := a.authorize(r, "redshift:"+action, a.Store.arn("redshift", "cluster:"+id), nil); err != nil {
		return nil, err
	}
	described := a.describe(id)
	if id != "" && len(described) == 0 && action != "CreateCluster" {
		return nil, fmt.Errorf("cluster %q: %w", id, ErrNotFound)
	}
	if err := act(); err != nil {
		return nil, err
	}
	if action == "DescribeClusters" {
		return struct {
			XMLName  xml.Name     `xml:"Clusters"`
			Clusters []clusterXML `xml:"Cluster"`
		}{Clusters: described}, nil
	}
	if now := a.describe(id); len(now) > 0 {
		described = now
	}
	return struct {
		XMLName xml.Name `xml:"Cluster"`
		clusterXML
	}{clusterXML: described[0]}, nil
}

func (a *Clusters) authorize(r *http.Request, action, resource string, context map[string]string) error {
	if a.Authorize == nil {
		return nil
	}
	return a.Authorize(r, action, resource, context)
}

func (a *Clusters) create(r *http.Request) error {
	form := r.PostForm
	nodes, _ := strconv.Atoi(form.Get("NumberOfNodes"))
	c := Cluster{
		Identifier: form.Get("ClusterIdentifier"), Database: form.Get("DBName"), MasterUsername: form.Get("MasterUsername"),
		NodeType: form.Get("NodeType"), Nodes: max(nodes, 1), DefaultRole: form.Get("DefaultIamRoleArn"),
	}
	if c.Identifier == "" || c.NodeType == "" || c.MasterUsername == "" {
		return wire.Errorf("MissingParameter", "ClusterIdentifier, NodeType and MasterUsername are required")
	}
	if c.Database == "" {
		c.Database = "dev"
	}
	if form.Get("ManageMasterPassword") == "true" {
		c.SecretARN = a.Store.arn("secretsmanager", "secret:redshift!"+c.Identifier+"-"+c.MasterUsername+"-aaaaaa")
	}
	return a.Store.CreateCluster(r.Context(), c, members(form, "IamRoles"))
}

func (a *Clusters) modifyRoles(r *http.Request) error {
	add := members(r.PostForm, "AddIamRoles")
	for _, role := range add {
		if err := a.authorize(r, "iam:PassRole", role, map[string]string{"iam:PassedToService": "redshift.amazonaws.com"}); err != nil {
			return err
		}
		// Source: https://github.com/hashicorp/terraform-provider-aws/issues/19113
		if a.Trusts != nil && !a.Trusts(role) {
			return wire.Errorf("InvalidParameterValue", "The IAM role %s is not valid. The IAM role must delegate access to an Amazon Redshift account.", path.Base(role))
		}
	}
	var defaultRole *string
	if r.PostForm.Has("DefaultIamRoleArn") {
		role := r.PostForm.Get("DefaultIamRoleArn")
		defaultRole = &role
	}
	return a.Store.ModifyClusterRoles(r.PostForm.Get("ClusterIdentifier"), add, members(r.PostForm, "RemoveIamRoles"), defaultRole)
}

// members returns a list of the form, as the Query protocol writes it.
func members(form url.Values, name string) []string {
	var list []string
	for i := 1; ; i++ {
		found := false
		for _, item := range []string{"IamRoleArn", "member"} {
			if value := form.Get(fmt.Sprintf("%s.%s.%d", name, item, i)); value != "" {
				list, found = append(list, value), true
			}
		}
		if !found {
			return list
		}
	}
}

// describe returns one cluster, or all if id is empty.
func (a *Clusters) describe(id string) []clusterXML {
	s := a.Store
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []clusterXML
	for _, name := range slices.Sorted(maps.Keys(s.clusters)) {
		if id != "" && name != id {
			continue
		}
		c := s.clusters[name]
		described := clusterXML{
			ClusterIdentifier: c.Identifier, ClusterStatus: "available", NodeType: c.NodeType, NumberOfNodes: c.Nodes, DBName: c.Database,
			MasterUsername: c.MasterUsername, MasterPasswordSecretARN: c.SecretARN, DefaultIamRoleARN: c.DefaultRole, Encrypted: true,
			Endpoint: endpoint{c.Identifier + ".twin." + s.Region + ".redshift.amazonaws.com", 5439},
		}
		if c.Paused {
			described.ClusterStatus = "paused"
		}
		for _, role := range c.roles.list(s.Now()) {
			described.IamRoles = append(described.IamRoles, roleXML{role.ARN, role.ApplyStatus})
		}
		out = append(out, described)
	}
	return out
}

// clusterError words an error as Redshift does.
//
// Source: https://docs.aws.amazon.com/redshift/latest/APIReference/API_ModifyClusterIamRoles.html
func clusterError(err error) *wire.Error {
	switch {
	case errors.Is(err, ErrNotFound):
		return &wire.Error{Status: http.StatusNotFound, Code: "ClusterNotFound", Message: err.Error()}
	case errors.Is(err, ErrExists):
		return wire.Errorf("ClusterAlreadyExists", "%v", err)
	case errors.Is(err, ErrBusy):
		return wire.Errorf("InvalidClusterState", "%v", err)
	}
	return wire.AsError(err)
}

// writeQueryError writes e as the AWS Query protocol does.
func writeQueryError(w http.ResponseWriter, e *wire.Error) {
	status := e.Status
	if status == 0 {
		status = http.StatusBadRequest
	}
	var message strings.Builder
	_ = xml.EscapeText(&message, []byte(e.Message)) // a Builder takes all
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, //nolint:gosec // the message is escaped
		`<ErrorResponse xmlns="%s"><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>twin</RequestId></ErrorResponse>`,
		clusterNamespace, e.Code, message.String())
}
