package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
)

// What a certificate and its key say, without what chance makes of them.
func describeCertificate(cert, key, authority string) string {
	block, rest := pem.Decode([]byte(cert))
	if block == nil || len(rest) > 0 {
		return "no PEM"
	}
	parsed, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return err.Error()
	}
	if _, err := tls.X509KeyPair([]byte(cert), []byte(key)); err != nil {
		return err.Error()
	}
	var out strings.Builder
	fmt.Fprintf(&out, "v%d %q by %q %s %s\n", parsed.Version, parsed.Subject, parsed.Issuer, parsed.SignatureAlgorithm, parsed.PublicKeyAlgorithm)
	fmt.Fprintf(&out, "for %s, in whole seconds %v\n", parsed.NotAfter.Sub(parsed.NotBefore), parsed.NotBefore.Nanosecond() == 0)
	fmt.Fprintf(&out, "usage %b %v CA %v names %q addresses %v\n", parsed.KeyUsage, parsed.ExtKeyUsage, parsed.IsCA, parsed.DNSNames, parsed.IPAddresses)
	fmt.Fprintf(&out, "raw subject %x raw issuer %x\n", parsed.RawSubject, parsed.RawIssuer)
	for _, extension := range parsed.Extensions {
		value := hex.EncodeToString(extension.Value)
		if extension.Id.String() == "2.5.29.14" || extension.Id.String() == "2.5.29.35" {
			value = fmt.Sprint(len(extension.Value))
		}
		fmt.Fprintf(&out, "%s %v %s\n", extension.Id, extension.Critical, value)
	}
	out.WriteString(describeKeyIds(parsed, authority))
	out.WriteString(describeKey(key))
	return out.String()
}

func describeKeyIds(parsed *x509.Certificate, authority string) string {
	var info struct {
		Algorithm asn1.RawValue
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(parsed.RawSubjectPublicKeyInfo, &info); err != nil {
		return err.Error()
	}
	hash := sha256.Sum256(info.Key.Bytes)
	signer := parsed
	if block, _ := pem.Decode([]byte(authority)); block != nil {
		var err error
		if signer, err = x509.ParseCertificate(block.Bytes); err != nil {
			return err.Error()
		}
	}
	signed := parsed.CheckSignature(parsed.SignatureAlgorithm, parsed.RawTBSCertificate, parsed.Signature)
	if signer != parsed {
		signed = signer.CheckSignature(parsed.SignatureAlgorithm, parsed.RawTBSCertificate, parsed.Signature)
	}
	return fmt.Sprintf("own id %v, authority's %v, signed %v\n", bytes.Equal(parsed.SubjectKeyId, hash[:20]), bytes.Equal(parsed.AuthorityKeyId, signer.SubjectKeyId), signed)
}

// The form and size of a private key; whether its numbers fit each other.
func describeKey(key string) string {
	block, rest := pem.Decode([]byte(key))
	if block == nil || len(rest) > 0 {
		return "no PEM"
	}
	if block.Type == "DSA PRIVATE KEY" {
		return block.Type + describeDSA(block.Bytes)
	}
	var parsed any
	var err error
	switch block.Type {
	case "RSA PRIVATE KEY":
		parsed, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		parsed, err = x509.ParseECPrivateKey(block.Bytes)
	default:
		parsed, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	}
	if err != nil {
		return err.Error()
	}
	switch k := parsed.(type) {
	case *rsa.PrivateKey:
		return fmt.Sprintf("%s RSA %d %v", block.Type, k.N.BitLen(), k.Validate())
	case *ecdsa.PrivateKey:
		return fmt.Sprintf("%s EC %s", block.Type, k.Curve.Params().Name)
	case ed25519.PrivateKey:
		return fmt.Sprintf("%s Ed25519 %d bytes", block.Type, len(block.Bytes))
	}
	return fmt.Sprintf("%s %T", block.Type, parsed)
}

func describeDSA(der []byte) string {
	var k struct {
		Version       int
		P, Q, G, Y, X *big.Int
	}
	if rest, err := asn1.Unmarshal(der, &k); err != nil || len(rest) > 0 {
		return fmt.Sprint("not DER: ", err)
	}
	one := big.NewInt(1)
	divides := new(big.Int).Mod(new(big.Int).Sub(k.P, one), k.Q).Sign() == 0
	order := new(big.Int).Exp(k.G, k.Q, k.P).Cmp(one) == 0
	public := new(big.Int).Exp(k.G, k.X, k.P).Cmp(k.Y) == 0
	prime := k.P.ProbablyPrime(20) && k.Q.ProbablyPrime(20)
	return fmt.Sprint(k.P.BitLen(), k.Q.BitLen(), prime, divides, order, public)
}
