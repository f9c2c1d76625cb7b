// Signs and verifies as notation-go does: one JSON line in, one JSON line out. What the suite `notation` compares with.
package main

import (
	"bufio"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"runtime/debug"
	"time"

	"github.com/notaryproject/notation-core-go/signature"
	_ "github.com/notaryproject/notation-core-go/signature/cose"
	_ "github.com/notaryproject/notation-core-go/signature/jws"
	"github.com/notaryproject/notation-go"
	"github.com/notaryproject/notation-go/verifier"
	"github.com/notaryproject/notation-go/verifier/trustpolicy"
	"github.com/notaryproject/notation-go/verifier/truststore"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

type certificate struct {
	Subject    pkixName `json:"subject"`
	IsCA       bool     `json:"isCA"`
	KeyUsage   int      `json:"keyUsage"`
	ExtUsage   []int    `json:"extUsage"`
	NotBefore  int64    `json:"notBefore"`
	NotAfter   int64    `json:"notAfter"`
	OCSP       string   `json:"ocsp"`
	CRL        string   `json:"crl"`
	MaxPathLen *int     `json:"maxPathLen"`
}

type pkixName struct {
	C, ST, L, O, OU, CN string
}

type question struct {
	Op        string                `json:"op"`
	Key       string                `json:"key"`
	Chain     []certificate         `json:"chain"`
	MediaType string                `json:"mediaType"`
	Scheme    string                `json:"scheme"`
	Payload   string                `json:"payload"`
	Content   string                `json:"contentType"`
	Signed    int64                 `json:"signed"`
	Expiry    int64                 `json:"expiry"`
	Extended  []signature.Attribute `json:"extended"`
	Envelope  []byte                `json:"envelope"`
	Policy    string                `json:"policy"`
	Certs     []string              `json:"certs"`
	Target    ocispec.Descriptor    `json:"target"`
	Reference string                `json:"reference"`
}

type answer struct {
	Envelope []byte   `json:"envelope,omitempty"`
	Certs    []string `json:"certs,omitempty"`
	Error    string   `json:"error,omitempty"`
	Results  []string `json:"results,omitempty"`
}

var keys = map[string]crypto.Signer{}

func keyOf(name string) crypto.Signer {
	if key, ok := keys[name]; ok {
		return key
	}
	var key crypto.Signer
	switch name {
	case "ec256":
		key, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "ec384":
		key, _ = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case "ec521":
		key, _ = ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	case "rsa3072":
		key, _ = rsa.GenerateKey(rand.Reader, 3072)
	default:
		key, _ = rsa.GenerateKey(rand.Reader, 2048)
	}
	keys[name] = key
	return key
}

func list(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// From the leaf to the root; each but the last is issued by the one behind it.
func makeChain(specs []certificate, leafKey string) ([]*x509.Certificate, error) {
	certs := make([]*x509.Certificate, len(specs))
	for i := len(specs) - 1; i >= 0; i-- {
		spec := specs[i]
		name := spec.Subject
		template := &x509.Certificate{
			SerialNumber: big.NewInt(int64(i + 1)),
			Subject: pkix.Name{Country: list(name.C), Province: list(name.ST), Locality: list(name.L), Organization: list(name.O),
				OrganizationalUnit: list(name.OU), CommonName: name.CN},
			NotBefore: time.Unix(spec.NotBefore, 0), NotAfter: time.Unix(spec.NotAfter, 0),
			KeyUsage: x509.KeyUsage(spec.KeyUsage), BasicConstraintsValid: true, IsCA: spec.IsCA,
			OCSPServer: list(spec.OCSP), CRLDistributionPoints: list(spec.CRL), SubjectKeyId: []byte{byte(i + 1)},
		}
		if spec.MaxPathLen != nil {
			template.MaxPathLen, template.MaxPathLenZero = *spec.MaxPathLen, *spec.MaxPathLen == 0
		}
		for _, usage := range spec.ExtUsage {
			template.ExtKeyUsage = append(template.ExtKeyUsage, x509.ExtKeyUsage(usage))
		}
		key := keyOf(fmt.Sprintf("ca%d", i))
		if i == 0 {
			key = keyOf(leafKey)
		}
		parent, parentKey := template, key
		if i < len(specs)-1 {
			parent, parentKey = certs[i+1], keyOf(fmt.Sprintf("ca%d", i+1))
		}
		der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), parentKey)
		if err != nil {
			return nil, err
		}
		if certs[i], err = x509.ParseCertificate(der); err != nil {
			return nil, err
		}
	}
	return certs, nil
}

func sign(q question) (answer, error) {
	a := answer{}
	certs, err := makeChain(q.Chain, q.Key)
	if err != nil {
		return a, err
	}
	for _, cert := range certs {
		a.Certs = append(a.Certs, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})))
	}
	signer, err := signature.NewLocalSigner(certs, keyOf(q.Key))
	if err != nil {
		return a, err
	}
	envelope, err := signature.NewEnvelope(q.MediaType)
	if err != nil {
		return a, err
	}
	request := &signature.SignRequest{
		Payload:       signature.Payload{ContentType: q.Content, Content: []byte(q.Payload)},
		Signer:        unchecked{signer},
		SigningTime:   time.Unix(q.Signed, 0),
		SigningScheme: signature.SigningScheme(q.Scheme), SigningAgent: "eddy", ExtendedSignedAttributes: q.Extended,
	}
	if q.Expiry != 0 {
		request.Expiry = time.Unix(q.Expiry, 0)
	}
	a.Envelope, err = envelope.Sign(request)
	return a, err
}

type unchecked struct{ signature.LocalSigner }

type store struct{ certs []string }

func (s store) GetCertificates(_ context.Context, _ truststore.Type, name string) ([]*x509.Certificate, error) {
	certs := []*x509.Certificate{}
	for _, text := range s.certs {
		raw := []byte(text)
		if block, _ := pem.Decode(raw); block != nil {
			raw = block.Bytes
		}
		parsed, err := x509.ParseCertificates(raw)
		if err != nil {
			return nil, fmt.Errorf("failed to parse certificate '%s': %s", name, err)
		}
		certs = append(certs, parsed...)
	}
	return certs, nil
}

func verify(q question) (answer, error) {
	var document trustpolicy.Document
	if err := json.Unmarshal([]byte(q.Policy), &document); err != nil {
		return answer{}, err
	}
	v, err := verifier.New(&document, store{q.Certs}, nil)
	if err != nil {
		return answer{}, err
	}
	outcome, err := v.Verify(context.Background(), q.Target, q.Envelope, notation.VerifierVerifyOptions{
		ArtifactReference: q.Reference, SignatureMediaType: q.MediaType})
	a := answer{}
	if outcome != nil {
		for _, result := range outcome.VerificationResults {
			if result.Error != nil {
				a.Results = append(a.Results, fmt.Sprintf("%s: %s", result.Type, result.Error))
			}
		}
	}
	return a, err
}

func main() {
	debug.SetMemoryLimit(256 << 20)
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var q question
		var a answer
		err := json.Unmarshal(lines.Bytes(), &q)
		if err == nil && q.Op == "sign" {
			a, err = sign(q)
		} else if err == nil {
			a, err = verify(q)
		}
		if err != nil {
			a.Error = err.Error()
		}
		text, _ := json.Marshal(a)
		fmt.Println(string(text))
	}
}
