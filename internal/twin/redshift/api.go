package redshift

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/attachedroles"
	"github.com/tributary-cdk/tributary/internal/twin/iam"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// API implements the actions of the Redshift API for clusters and their roles, over the
// AWS Query protocol. For any other action it returns the error InvalidAction.
//
// Source: https://docs.aws.amazon.com/redshift/latest/APIReference/Welcome.html
type API struct {
	Store *Store
	// Authorize checks whether the caller may make a call. Nil allows all calls.
	Authorize iam.Authorize
	// Trusts reports whether Redshift may assume a role. Nil means that it may assume
	// every role.
	Trusts func(role string) bool
}

// ServeHTTP runs the action that the parameter Action names.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		writeQueryError(w, wire.Errorf("MalformedQueryString", "%v", err))
		return
	}
	action := r.PostForm.Get("Action")
	result, err := a.runAction(r, action)
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
	_, _ = fmt.Fprintf(w, //nolint:gosec // the action is a known one, and the body is XML
		`<%[1]sResponse xmlns="%[2]s"><%[1]sResult>%[3]s</%[1]sResult><ResponseMetadata><RequestId>twin</RequestId></ResponseMetadata></%[1]sResponse>`,
		action, clusterNamespace, body) // fails only if the client has disconnected
}

func (a *API) runAction(r *http.Request, action string) (any, error) {
	form := r.PostForm
	id := form.Get("ClusterIdentifier")
	actions := map[string]func() error{
		"CreateCluster":         func() error { return a.createCluster(r) },
		"DeleteCluster":         func() error { return a.Store.DeleteCluster(r.Context(), id) },
		"PauseCluster":          func() error { return a.Store.SetPaused(id, true) },
		"ResumeCluster":         func() error { return a.Store.SetPaused(id, false) },
		"ModifyClusterIamRoles": func() error { return a.modifyRoles(r) },
		"DescribeClusters":      func() error { return nil },
	}
	do, ok := actions[action]
	if !ok {
		return nil, wire.Errorf("InvalidAction", "the local twin's redshift has no action %q; use one of %s", action, strings.Join(slices.Sorted(maps.Keys(actions)), ", "))
	}
	if err := a.Authorize.Check(r.Context(), "redshift:"+action, a.Store.Account.ARN("redshift", "cluster:"+id), nil); err != nil {
		return nil, err
	}
	described := a.describe(id)
	if id != "" && len(described) == 0 && action != "CreateCluster" {
		return nil, fmt.Errorf("cluster %q: %w", id, ErrNotFound)
	}
	if err := do(); err != nil {
		return nil, err
	}
	if action == "DescribeClusters" {
		return struct {
			XMLName  xml.Name     `xml:"Clusters"`
			Clusters []clusterXML `xml:"Cluster"`
		}{Clusters: described}, nil
	}
	if changed := a.describe(id); len(changed) > 0 {
		described = changed
	}
	return struct {
		XMLName xml.Name `xml:"Cluster"`
		clusterXML
	}{clusterXML: described[0]}, nil
}

func (a *API) createCluster(r *http.Request) error {
	form := r.PostForm
	nodes, _ := strconv.Atoi(form.Get("NumberOfNodes"))
	c := Cluster{
		Identifier: form.Get("ClusterIdentifier"), Database: cmp.Or(form.Get("DBName"), "dev"), MasterUsername: form.Get("MasterUsername"),
		NodeType: form.Get("NodeType"), Nodes: max(nodes, 1),
		Roles: attachedroles.New(members(form, "IamRoles"), form.Get("DefaultIamRoleArn")),
	}
	if c.Identifier == "" || c.NodeType == "" || c.MasterUsername == "" {
		return wire.Errorf("MissingParameter", "ClusterIdentifier, NodeType and MasterUsername are required")
	}
	if form.Get("ManageMasterPassword") == "true" {
		c.SecretARN = a.Store.Account.ARN("secretsmanager", "secret:redshift!"+c.Identifier+"-"+c.MasterUsername+"-aaaaaa")
	}
	return a.Store.CreateCluster(r.Context(), c)
}

func (a *API) modifyRoles(r *http.Request) error {
	add := members(r.PostForm, "AddIamRoles")
	for _, role := range add {
		if err := a.Authorize.Check(r.Context(), "iam:PassRole", role, map[string]string{"iam:PassedToService": "redshift.amazonaws.com"}); err != nil {
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

// members returns the elements of the list called name in a request of the AWS Query
// protocol.
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
