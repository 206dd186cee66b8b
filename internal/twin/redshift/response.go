package redshift

import (
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/attachedroles"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

const clusterNamespace = "http://redshift.amazonaws.com/doc/2012-12-01/"

// clusterXML is a cluster in a response.
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

// describe returns the cluster with the identifier id, or all clusters if id is empty.
func (a *API) describe(id string) []clusterXML {
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
			MasterUsername: c.MasterUsername, MasterPasswordSecretARN: c.SecretARN, DefaultIamRoleARN: c.Roles.Default, Encrypted: true,
			Endpoint: endpoint{c.Identifier + ".twin." + s.Account.Region + ".redshift.amazonaws.com", 5439},
		}
		if c.Paused {
			described.ClusterStatus = "paused"
		}
		for _, role := range c.Roles.Roles(s.Now()) {
			described.IamRoles = append(described.IamRoles, roleXML{role.ARN, role.ApplyStatus})
		}
		out = append(out, described)
	}
	return out
}

// clusterError returns err as an API error with Redshift's error code.
//
// Source: https://docs.aws.amazon.com/redshift/latest/APIReference/API_ModifyClusterIamRoles.html
func clusterError(err error) *wire.Error {
	switch {
	case errors.Is(err, ErrNotFound):
		return &wire.Error{Status: http.StatusNotFound, Code: "ClusterNotFound", Message: err.Error()}
	case errors.Is(err, ErrExists):
		return wire.Errorf("ClusterAlreadyExists", "%v", err)
	case errors.Is(err, attachedroles.ErrBusy):
		return wire.Errorf("InvalidClusterState", "%v", err)
	}
	return wire.AsError(err)
}

// writeQueryError writes e as an error response of the AWS Query protocol.
func writeQueryError(w http.ResponseWriter, e *wire.Error) {
	status := cmp.Or(e.Status, http.StatusBadRequest)
	var message strings.Builder
	_ = xml.EscapeText(&message, []byte(e.Message)) // writing to a Builder never fails
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, //nolint:gosec // the message is escaped
		`<ErrorResponse xmlns="%s"><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>twin</RequestId></ErrorResponse>`,
		clusterNamespace, e.Code, message.String())
}
