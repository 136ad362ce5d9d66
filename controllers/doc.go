// Package controllers connects the parts: it gathers what an object depends on, has it evaluated, registers its
// questions, and writes its status if something that a person reads has changed. It decides nothing itself.
package controllers
