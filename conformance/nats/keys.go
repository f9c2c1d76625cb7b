package main

import (
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
)

type pair struct{ Seed, PublicKey string }

// An operator with two accounts: what `nsc` would make.
type keys struct {
	Operator                                                    string
	Accounts                                                    map[string]string
	Nkey, OtherNkey                                             pair
	Observer, User, Expired, Revoked, Limited, Other, Unrelated string
}

func makeKeys() (*keys, error) {
	operator, err := nkeys.CreateOperator()
	if err != nil {
		return nil, err
	}
	name, err := operator.PublicKey()
	if err != nil {
		return nil, err
	}
	claims := jwt.NewOperatorClaims(name)
	claims.Name = "conformance"
	result := &keys{Accounts: map[string]string{}}
	if result.Operator, err = claims.Encode(operator); err != nil {
		return nil, err
	}
	first := &account{operator: operator, keys: result}
	second := &account{operator: operator, keys: result}
	stranger := &account{operator: operator}
	for _, each := range []*account{first, second, stranger} {
		if err := each.create(); err != nil {
			return nil, err
		}
	}
	steps := []struct {
		target *string
		from   *account
		change func(*jwt.UserClaims)
	}{
		{&result.Observer, first, func(*jwt.UserClaims) {}},
		{&result.User, first, func(*jwt.UserClaims) {}},
		{&result.Expired, first, func(c *jwt.UserClaims) { c.Expires = time.Now().Add(-time.Hour).Unix() }},
		{&result.Revoked, first, func(c *jwt.UserClaims) { first.revoked = c.Subject }},
		{&result.Limited, first, func(c *jwt.UserClaims) { c.Permissions.Pub.Allow.Add("allowed.>") }},
		{&result.Other, second, func(*jwt.UserClaims) {}},
		{&result.Unrelated, stranger, func(*jwt.UserClaims) {}},
	}
	for _, step := range steps {
		if *step.target, err = step.from.user(step.change); err != nil {
			return nil, err
		}
	}
	for _, each := range []*account{first, second} {
		if err := each.publish(); err != nil {
			return nil, err
		}
	}
	for _, target := range []*pair{&result.Nkey, &result.OtherNkey} {
		if *target, err = userPair(); err != nil {
			return nil, err
		}
	}
	return result, nil
}

type account struct {
	operator, own nkeys.KeyPair
	name, revoked string
	keys          *keys
}

func (a *account) create() (err error) {
	if a.own, err = nkeys.CreateAccount(); err != nil {
		return err
	}
	a.name, err = a.own.PublicKey()
	return err
}

// Its credentials file.
func (a *account) user(change func(*jwt.UserClaims)) (string, error) {
	made, err := userPair()
	if err != nil {
		return "", err
	}
	claims := jwt.NewUserClaims(made.PublicKey)
	change(claims)
	token, err := claims.Encode(a.own)
	if err != nil {
		return "", err
	}
	file, err := jwt.FormatUserConfig(token, []byte(made.Seed))
	return string(file), err
}

func (a *account) publish() error {
	claims := jwt.NewAccountClaims(a.name)
	claims.Name = a.name[:8]
	if a.revoked != "" {
		claims.Revoke(a.revoked)
	}
	token, err := claims.Encode(a.operator)
	a.keys.Accounts[a.name] = token
	return err
}

func userPair() (pair, error) {
	made, err := nkeys.CreateUser()
	if err != nil {
		return pair{}, err
	}
	seed, err := made.Seed()
	if err != nil {
		return pair{}, err
	}
	name, err := made.PublicKey()
	return pair{string(seed), name}, err
}
