using System.Reflection;

namespace Firesteel.Conformance;

/// <summary>Calls Firesteel by PyTorch's names.</summary>
public sealed class Caller(MemberTable table)
{
    public MemberTable Table => table;

    public bool Has(string torchName) => table.Find(torchName).Count > 0;

    /// <summary>Calls the best overload of the function.</summary>
    /// <exception cref="MissingMemberException">There is no member of that name.</exception>
    /// <exception cref="BindingException">No overload takes these arguments.</exception>
    public object? Call(string torchName, IReadOnlyList<CaseValue> positional, IReadOnlyList<(string Name, CaseValue Value)>? keywords = null)
    {
        var members = table.Find(torchName);
        if (members.Count == 0) throw new MissingMemberException($"no {table.Expected(torchName)}");
        var binding = Binder.Bind(members, positional, keywords ?? [], out string reason) ?? WithNamedInput(members, positional, keywords ?? [])
            ?? throw new BindingException(reason);
        object? result = binding.Invoke();
        return result is null && binding.Method is MethodInfo { ReturnType: var type } && type == typeof(void) ? binding.Instance ?? binding.Arguments.FirstOrDefault() : result;
    }

    /// <summary>Tries one order of arguments, then another.</summary>
    public object? Either(string torchName, IReadOnlyList<CaseValue> first, IReadOnlyList<CaseValue> second)
    {
        var members = table.Find(torchName);
        if (members.Count == 0) throw new MissingMemberException($"no {table.Expected(torchName)}");
        var binding = Binder.Bind(members, first, [], out string reason) ?? Binder.Bind(members, second, [], out _) ?? throw new BindingException(reason);
        return binding.Invoke();
    }

    /// <summary>Calls a function and gives its result as an argument of another.</summary>
    public CaseValue Make(string torchName, params CaseValue[] positional) => Tensors.Describe((Tensor)Call(torchName, positional)!);

    /// <summary>A user-defined operator such as <c>op_Addition</c>; a number stays a number.</summary>
    public object? Operator(string name, CaseValue left, CaseValue right)
    {
        var members = MemberTable.Operators(typeof(Tensor), name);
        if (members.Count == 0) throw new MissingMemberException($"no operator {name} of Tensor");
        return (Binder.Bind(members, [left, right], [], out string reason) ?? throw new BindingException(reason)).Invoke();
    }

    /// <summary><c>x[index]</c>. As in Python, a list with anything but numbers in it indexes like a tuple.</summary>
    public object? Index(CaseValue x, CaseValue index)
    {
        CaseValue[] items = index is ListValue { IsTuple: true } tuple ? tuple.Items
            : index is ListValue list && list.Items.Any(i => i is not IntValue) ? list.Items : [index];
        var prepared = items.Select(i => i is ListValue { Items: var numbers } && numbers.All(n => n is IntValue or BoolValue) ? Tensors.FromNumbers(numbers) : i).ToArray();
        var members = table.Indexers(typeof(Tensor));
        var binding = Binder.Bind(members, [x, .. prepared], [], out string reason) ?? throw new BindingException(reason);
        return binding.Invoke();
    }

    private static Binding? WithNamedInput(IReadOnlyList<Member> members, IReadOnlyList<CaseValue> positional, IReadOnlyList<(string Name, CaseValue Value)> keywords) =>
        keywords.FirstOrDefault(k => k.Name is "input" or "self") is { Name: not null } input
            ? Binder.Bind(members, [input.Value, .. positional], [.. keywords.Where(k => k.Name != input.Name)], out _)
            : null;
}

/// <summary>A member exists, but takes other arguments.</summary>
public sealed class BindingException(string message) : Exception(message);
