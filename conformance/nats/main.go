// Answers one JSON line for each JSON line: makes keys, JWTs and certificates, publishes as Flux's notification-controller
// does (1.9, its NATS notifier over nats.go), and tells what arrived.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
)

type login struct {
	Credentials, Nkey, Username, Password, Token string
}

type trust struct {
	CaCert, Cert, Key string
}

type question struct {
	Do, Address, Subject, Payload string
	Login                         login
	TLS                           *trust
}

type answer struct {
	Result any
	Error  string
}

type message struct{ Subject, Payload string }

// What subscribes to everything, and outlives a question.
type observer struct {
	connection   *nats.Conn
	subscription *nats.Subscription
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	out := json.NewEncoder(os.Stdout)
	var watching *observer
	for in.Scan() {
		var q question
		if err := json.Unmarshal(in.Bytes(), &q); err != nil {
			panic(err)
		}
		var result any
		var err error
		switch q.Do {
		case "keys":
			result, err = makeKeys()
		case "certificates":
			result, err = makeCertificates()
		case "observe":
			if watching != nil {
				watching.connection.Close()
			}
			watching, err = observe(q)
		case "arrived":
			result, err = watching.arrived()
		case "publish":
			err = publish(q)
		}
		a := answer{Result: result}
		if err != nil {
			a.Error = err.Error()
		}
		if err := out.Encode(a); err != nil {
			panic(err)
		}
	}
}

func publish(q question) error {
	connection, err := connect(q)
	if err != nil {
		return err
	}
	defer connection.Close()
	// Neither result is looked at by the notifier.
	connection.Publish(q.Subject, []byte(q.Payload))
	connection.Flush()
	return connection.LastError()
}

func connect(q question) (*nats.Conn, error) {
	options := []nats.Option{nats.Name("conformance")}
	switch {
	case q.Login.Credentials != "":
		options = append(options, nats.UserCredentialBytes([]byte(q.Login.Credentials)))
	case q.Login.Nkey != "":
		pair, err := nkeys.FromSeed([]byte(q.Login.Nkey))
		if err != nil {
			return nil, err
		}
		public, err := pair.PublicKey()
		if err != nil {
			return nil, err
		}
		options = append(options, nats.Nkey(public, pair.Sign))
	case q.Login.Username != "":
		options = append(options, nats.UserInfo(q.Login.Username, q.Login.Password))
	case q.Login.Token != "":
		options = append(options, nats.Token(q.Login.Token))
	}
	if q.TLS != nil {
		config, err := q.TLS.config()
		if err != nil {
			return nil, err
		}
		options = append(options, nats.Secure(config))
	}
	return nats.Connect(q.Address, options...)
}

func (t *trust) config() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if t.CaCert != "" {
		config.RootCAs = x509.NewCertPool()
		config.RootCAs.AppendCertsFromPEM([]byte(t.CaCert))
	}
	if t.Cert == "" {
		return config, nil
	}
	identity, err := tls.X509KeyPair([]byte(t.Cert), []byte(t.Key))
	config.Certificates = []tls.Certificate{identity}
	return config, err
}

func observe(q question) (*observer, error) {
	connection, err := connect(q)
	if err != nil {
		return nil, err
	}
	subscription, err := connection.SubscribeSync(">")
	if err != nil {
		return nil, err
	}
	return &observer{connection, subscription}, connection.Flush()
}

// Everything that the server took before this was asked: it answers in order.
func (o *observer) arrived() ([]message, error) {
	if err := o.connection.Flush(); err != nil {
		return nil, err
	}
	count, _, err := o.subscription.Pending()
	if err != nil {
		return nil, err
	}
	messages := []message{}
	for range count {
		next, err := o.subscription.NextMsg(time.Second)
		if err != nil {
			return nil, err
		}
		// What the server tells of refused logins.
		if !strings.HasPrefix(next.Subject, "$SYS.") {
			messages = append(messages, message{next.Subject, string(next.Data)})
		}
	}
	return messages, nil
}
