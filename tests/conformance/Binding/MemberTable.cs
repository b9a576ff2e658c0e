using System.Reflection;
using System.Runtime.CompilerServices;

namespace Firesteel.Conformance;

/// <summary>One C# method (or property getter) that may stand for a PyTorch function.</summary>
public sealed record Member(MethodInfo Method, string Display)
{
    public bool IsInstance => !Method.IsStatic;
    public ParameterInfo[] Parameters { get; } = Method.GetParameters();
}

/// <summary>Finds the C# members that a PyTorch name stands for, by the naming rule: split at underscores, capitalise each word, trailing underscore is InPlace.</summary>
public sealed class MemberTable
{
    private readonly Assembly _assembly;
    private readonly Dictionary<string, IReadOnlyList<Member>> _cache = [];

    public MemberTable(Assembly assembly) => _assembly = assembly;

    /// <summary><c>masked_fill</c> -> <c>MaskedFill</c>, <c>zero_</c> -> <c>ZeroInPlace</c>, <c>log1p</c> -> <c>Log1p</c>.</summary>
    public static string CSharpName(string name)
    {
        bool inPlace = name.EndsWith('_') && !name.EndsWith("__", StringComparison.Ordinal);
        string pascal = string.Concat(name.Split('_', StringSplitOptions.RemoveEmptyEntries).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        return inPlace ? pascal + "InPlace" : pascal;
    }

    /// <summary>The members that a function of this PyTorch name may be, such as <c>add</c>, <c>linalg.qr</c> or <c>nn.functional.relu</c>.</summary>
    public IReadOnlyList<Member> Find(string torchName)
    {
        if (_cache.TryGetValue(torchName, out var known)) return known;
        int dot = torchName.LastIndexOf('.');
        string module = dot < 0 ? "" : torchName[..dot], name = CSharpName(torchName[(dot + 1)..]);
        var found = new List<Member>();
        foreach (var type in Owners(module)) found.AddRange(Named(type, name));
        if (module.Length == 0) found.AddRange(Extensions(name));
        // An exact match of case wins: `t` and `T` are two functions.
        var exact = found.Where(m => NameOf(m.Method) == name).ToList();
        return _cache[torchName] = exact.Count > 0 ? exact : found;
    }

    /// <summary>Where the naming rule puts a function, for the message that it is missing.</summary>
    public string Expected(string torchName)
    {
        int dot = torchName.LastIndexOf('.');
        string module = dot < 0 ? "" : torchName[..dot], name = CSharpName(torchName[(dot + 1)..]);
        return string.Join(" or ", OwnerNames(module).Select(o => $"{o}.{name}"));
    }

    /// <summary>The public type of this name, such as <c>Firesteel.Nn.Linear</c>; null where there is none.</summary>
    public Type? FindType(string fullName) => _assembly.GetType(fullName) is { IsPublic: true } type ? type : null;

    private static string[] OwnerNames(string module) => module switch
    {
        "" => ["Tensor"],
        "nn.functional" => ["Firesteel.Nn.Functional"],
        "nn.init" => ["Firesteel.Nn.Init"],
        "linalg" => ["Firesteel.Linalg"],
        "special" => ["Firesteel.Special", "Tensor"],
        "fft" => ["Firesteel.Fft"],
        _ => [$"Firesteel.{CSharpName(module)}"],
    };

    private IEnumerable<Type> Owners(string module) =>
        OwnerNames(module).Select(n => n == "Tensor" ? "Firesteel.Tensor" : n).Select(FindType).OfType<Type>();

    private IEnumerable<Member> Extensions(string name) =>
        from type in _assembly.GetExportedTypes()
        where type.Namespace == "Firesteel" && type is { IsAbstract: true, IsSealed: true }
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Static)
        where method.IsDefined(typeof(ExtensionAttribute), false) && string.Equals(method.Name, name, StringComparison.OrdinalIgnoreCase)
            && method.GetParameters() is [{ ParameterType.FullName: "Firesteel.Tensor" }, ..]
        select new Member(method, $"{type.Name}.{method.Name}");

    private static IEnumerable<Member> Named(Type type, string name)
    {
        const BindingFlags all = BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.FlattenHierarchy;
        foreach (var method in type.GetMethods(all))
        {
            if (method.IsSpecialName || method.DeclaringType == typeof(object)) continue;
            if (string.Equals(method.Name, name, StringComparison.OrdinalIgnoreCase) && Usable(method)) yield return new Member(method, $"{type.Name}.{method.Name}");
        }
        foreach (var property in type.GetProperties(all))
        {
            if (property.GetMethod is { } getter && property.GetIndexParameters().Length == 0 && string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase))
                yield return new Member(getter, $"{type.Name}.{property.Name}");
        }
    }

    /// <summary>Indexers, for <c>x[...]</c>.</summary>
    public IReadOnlyList<Member> Indexers(Type type) =>
        [.. type.GetProperties().Where(p => p.GetIndexParameters().Length > 0 && p.GetMethod is not null).Select(p => new Member(p.GetMethod!, $"{type.Name}[]"))];

    /// <summary>User-defined operators, by the name the compiler gives them (<c>op_Addition</c>).</summary>
    public static IReadOnlyList<Member> Operators(Type type, string name) =>
        [.. type.GetMethods(BindingFlags.Public | BindingFlags.Static).Where(m => m.Name == name).Select(m => new Member(m, name))];

    private static string NameOf(MethodInfo method) => method.IsSpecialName && method.Name.StartsWith("get_", StringComparison.Ordinal) ? method.Name[4..] : method.Name;

    private static bool Usable(MethodInfo method) => !method.IsGenericMethodDefinition && !method.GetParameters().Any(p => p.ParameterType.IsByRef && !p.IsIn);
}
