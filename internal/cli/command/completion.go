package command

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/terminal"
)

// completionWithin is how long completion waits for the cluster. Somebody sits before a shell that does not react meanwhile.
const completionWithin = 2 * time.Second

// Objectives completes the name of an objective of the namespace: the ValidArgsFunction of a command whose argument it is, and
// the completion of a flag.
func Objectives(env *Environment) cobra.CompletionFunc {
	return env.complete(&v1alpha1.ObjectiveList{}, func(list client.ObjectList) (found []cobra.Completion) {
		for _, o := range list.(*v1alpha1.ObjectiveList).Items {
			found = append(found, cobra.CompletionWithDesc(o.Name, o.Spec.Title))
		}
		return found
	})
}

// KeyResults completes the name of a key result of the namespace.
func KeyResults(env *Environment) cobra.CompletionFunc {
	return env.complete(&v1alpha1.KeyResultList{}, func(list client.ObjectList) (found []cobra.Completion) {
		for _, kr := range list.(*v1alpha1.KeyResultList).Items {
			found = append(found, cobra.CompletionWithDesc(kr.Name, kr.Spec.Title))
		}
		return found
	})
}

// KPIs completes the name of a KPI of the namespace.
func KPIs(env *Environment) cobra.CompletionFunc {
	return env.complete(&v1alpha1.KPIList{}, func(list client.ObjectList) (found []cobra.Completion) {
		for _, kpi := range list.(*v1alpha1.KPIList).Items {
			found = append(found, cobra.CompletionWithDesc(kpi.Name, kpi.Spec.Title))
		}
		return found
	})
}

// Namespaces completes the name of a namespace.
func Namespaces(env *Environment) cobra.CompletionFunc {
	return env.complete(&corev1.NamespaceList{}, func(list client.ObjectList) (found []cobra.Completion) {
		for _, n := range list.(*corev1.NamespaceList).Items {
			found = append(found, n.Name)
		}
		return found
	})
}

// KindNames completes KIND/NAME, as explain takes it.
func KindNames(env *Environment) cobra.CompletionFunc {
	kinds := []struct {
		name  string
		names cobra.CompletionFunc
	}{{"keyresult", KeyResults(env)}, {"kpi", KPIs(env)}, {"objective", Objectives(env)}}
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		kind, name, named := strings.Cut(typed, "/")
		var found []cobra.Completion
		for _, k := range kinds {
			switch {
			case !named && strings.HasPrefix(k.name, kind):
				found = append(found, k.name+"/")
			case named && k.name == kind:
				names, directive := k.names(cmd, args, name)
				for _, completion := range names {
					found = append(found, kind+"/"+completion)
				}
				return found, directive
			}
		}
		return found, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

// Contexts completes the name of a context of the kubeconfig.
func Contexts(env *Environment) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		config, err := env.Flags.ToRawKubeConfigLoader().RawConfig()
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		found := slices.DeleteFunc(slices.Sorted(maps.Keys(config.Contexts)), func(name string) bool { return !strings.HasPrefix(name, typed) })
		return found, cobra.ShellCompDirectiveNoFileComp
	}
}

// First completes the first argument alone.
func First(complete cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return complete(cmd, args, typed)
	}
}

// complete lists from the cluster what an argument may be. Whatever goes wrong, or takes long, completes nothing: it is no
// time for error messages.
func (e *Environment) complete(list client.ObjectList, names func(client.ObjectList) []cobra.Completion) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		parent := cmd.Context()
		if parent == nil {
			parent = context.Background()
		}
		ctx, cancel := context.WithTimeout(parent, completionWithin)
		defer cancel()
		done := make(chan []cobra.Completion, 1)
		into := list.DeepCopyObject().(client.ObjectList)
		go func() { // a login by a command of the kubeconfig's does not heed the context
			if e.list(ctx, into) != nil {
				done <- nil
				return
			}
			done <- names(into)
		}()
		var found []cobra.Completion
		select {
		case found = <-done:
		case <-ctx.Done():
		}
		found = slices.DeleteFunc(found, func(c cobra.Completion) bool { return !strings.HasPrefix(c, typed) })
		slices.Sort(found)
		for i := range found {
			found[i] = clean(found[i])
		}
		return found, cobra.ShellCompDirectiveNoFileComp
	}
}

// clean is a completion on one line: the shell's script reads a line for each.
func clean(completion string) string {
	name, title, told := strings.Cut(completion, "\t")
	if !told {
		return name
	}
	return cobra.CompletionWithDesc(name, terminal.Screen{Unicode: true}.Line(title))
}

func (e *Environment) list(ctx context.Context, into client.ObjectList) error {
	c, err := e.Cluster()
	if err != nil {
		return err
	}
	namespace := ""
	if _, all := into.(*corev1.NamespaceList); !all {
		if namespace, err = e.Namespace(); err != nil {
			return err
		}
	}
	return c.List(ctx, into, client.InNamespace(namespace), &client.ListOptions{Raw: &metav1.ListOptions{ResourceVersion: "0"}})
}
