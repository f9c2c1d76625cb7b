package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"time"
)

type identity struct{ Cert, Key string }

type certificates struct {
	CaCert, OtherCaCert                       string
	Server, ElsewhereServer, Client, Stranger identity
}

type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	text        string
}

func makeCertificates() (*certificates, error) {
	ours, err := newAuthority("one")
	if err != nil {
		return nil, err
	}
	other, err := newAuthority("other")
	if err != nil {
		return nil, err
	}
	result := &certificates{CaCert: ours.text, OtherCaCert: other.text}
	here := []net.IP{net.IPv4(127, 0, 0, 1)}
	elsewhere := []net.IP{net.IPv4(127, 0, 0, 9)}
	for _, each := range []struct {
		target    *identity
		from      *authority
		addresses []net.IP
	}{
		{&result.Server, ours, here},
		{&result.ElsewhereServer, ours, elsewhere},
		{&result.Client, ours, nil},
		{&result.Stranger, other, nil},
	} {
		if *each.target, err = each.from.issue(each.addresses); err != nil {
			return nil, err
		}
	}
	return result, nil
}

func template(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
	}
}

func newAuthority(name string) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	want := template(name)
	want.IsCA, want.BasicConstraintsValid, want.KeyUsage = true, true, x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, want, want, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	made, err := x509.ParseCertificate(der)
	return &authority{made, key, block("CERTIFICATE", der)}, err
}

func (a *authority) issue(addresses []net.IP) (identity, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return identity{}, err
	}
	want := template("leaf")
	want.IPAddresses = addresses
	want.KeyUsage = x509.KeyUsageDigitalSignature
	want.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	der, err := x509.CreateCertificate(rand.Reader, want, a.certificate, &key.PublicKey, a.key)
	if err != nil {
		return identity{}, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	return identity{block("CERTIFICATE", der), block("PRIVATE KEY", secret)}, err
}

func block(kind string, bytes []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}))
}
