using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Firesteel.Tests.Ops;

/// <summary>No public operation without a line in the table, and no public member without a summary.</summary>
public partial class OpTableCoverageTests
{
    public static TheoryData<string> Aliases => [.. OpTable.All.Where(static op => op.AliasOf is not null).Select(static op => op.Id)];

    [Fact]
    public void EveryOperationHasALine()
    {
        var lines = OpTable.All.Select(static op => MemberOf(op.Name)).ToHashSet();
        var missing = Operations().Where(member => !lines.Contains(member) && !s_exceptions.ContainsKey(member.Name)).Order().ToArray();
        Assert.True(missing.Length == 0, $"{missing.Length} operations without a line in OpTable.*.cs:\n{string.Join('\n', missing)}");
    }

    [Fact]
    public void EveryInPlaceFormIsInALine()
    {
        var lines = OpTable.All.Where(static op => op.InPlace is not null).Select(static op => MemberOf(op.Name)).ToHashSet();
        var missing = InPlaceForms().Where(member => !lines.Contains(member) && !s_exceptions.ContainsKey(member.Name + "InPlace")).Order().ToArray();
        Assert.True(missing.Length == 0, $"{missing.Length} in-place forms that no line in OpTable.*.cs names:\n{string.Join('\n', missing)}");
    }

    /// <summary>A line for an operation that was renamed would hide that the new one has none.</summary>
    [Fact]
    public void EveryLineAndExceptionIsAnOperation()
    {
        var members = Operations().Concat(InPlaceForms()).ToHashSet();
        Assert.Equal([], OpTable.All.Where(op => !members.Contains(MemberOf(op.Name))).Select(static op => op.Id));
        var names = Methods().Select(static method => method.Name).ToHashSet();
        Assert.Equal([], s_exceptions.Keys.Where(name => !names.Contains(name)));
    }

    /// <summary>An alias does what its original does: checked on the original's inputs.</summary>
    [Theory]
    [MemberData(nameof(Aliases))]
    public void AnAliasIsTheSame(string id)
    {
        var alias = OpTable.Of(id);
        var op = OpTable.Of(alias.AliasOf!);
        foreach (var sample in op.Samples)
        {
            OpTableCheck.Run(alias, sample, () =>
            {
                var inputs = Draws.Of(op, sample, op.Base);
                var expected = op.Run(inputs);
                OpTableCheck.Close("result", expected[0], alias.Run(inputs)[0], 0);
                if (alias.InPlace is null) return;
                var target = inputs[0].Clone();
                Assert.Same(target, alias.InPlace([target, .. inputs[1..]]));
                OpTableCheck.Close("in place", expected[0].To(target.DType), target, 0);
            });
        }
    }

    [Fact]
    public void EveryPublicMemberHasASummary()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "Firesteel.xml");
        Assert.True(File.Exists(file), $"{file} is missing: GenerateDocumentationFile is off?");
        var members = XDocument.Load(file).Descendants("member").ToDictionary(static member => member.Attribute("name")!.Value, static member => member);
        var missing = new List<string>();
        foreach (var type in typeof(Tensor).Assembly.GetExportedTypes())
        {
            Require("T:" + Name(type), type.FullName!);
            foreach (var member in type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            {
                if (member.IsDefined(typeof(CompilerGeneratedAttribute)) || typeof(Delegate).IsAssignableFrom(type)) continue;
                // Overloads are found by the start of their name; a record's generated members have none.
                string? prefix = member switch
                {
                    MethodInfo { IsSpecialName: false } method => "M:" + Name(type) + "." + method.Name,
                    PropertyInfo property => "P:" + Name(type) + "." + property.Name,
                    FieldInfo { IsSpecialName: false } field => "F:" + Name(type) + "." + field.Name,
                    _ => null,
                };
                if (prefix is null || Generated.Contains(member.Name)) continue;
                var found = members.Where(pair => pair.Key == prefix || pair.Key.StartsWith(prefix + "(", StringComparison.Ordinal) || pair.Key.StartsWith(prefix + "`", StringComparison.Ordinal)).ToArray();
                if (found.Length == 0 && !IsRecord(type)) missing.Add(prefix);
                missing.AddRange(found.Where(static pair => !HasSummary(pair.Value)).Select(static pair => pair.Key));
            }
        }
        Assert.True(missing.Count == 0, $"{missing.Count} public members without a summary:\n{string.Join('\n', missing.Distinct())}");

        void Require(string key, string name)
        {
            if (!members.TryGetValue(key, out var member) || !HasSummary(member)) missing.Add(name);
        }
    }

    private static readonly string[] Generated = ["Equals", "GetHashCode", "ToString", "Deconstruct", "GetEnumerator", "<Clone>$"];

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null || type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null;

    private static bool HasSummary(XElement member) => member.Element("inheritdoc") is not null || !string.IsNullOrWhiteSpace(member.Element("summary")?.Value);

    private static string Name(Type type) => type.FullName!.Replace('+', '.');

    private static readonly (string Prefix, string Type)[] Namespaces = [("nn.functional.", "Functional"), ("linalg.", "Linalg"), ("special.", "Special"), ("masked.", "Masked"), ("fft.", "Fft")];

    /// <summary>Where a name of PyTorch's is found in C#.</summary>
    private static (string Type, string Name) MemberOf(string name)
    {
        string type = nameof(Tensor);
        foreach (var (prefix, holder) in Namespaces)
        {
            if (!name.StartsWith(prefix, StringComparison.Ordinal)) continue;
            (type, name) = (holder, name[prefix.Length..]);
            break;
        }
        return (type, string.Concat(name.Split('_', StringSplitOptions.RemoveEmptyEntries).Select(static word => char.ToUpperInvariant(word[0]) + word[1..])));
    }

    private static IEnumerable<Type> Holders() =>
        typeof(Tensor).Assembly.GetExportedTypes().Where(static type => type.Namespace is "Firesteel" or "Firesteel.Nn" && type.Name is "Tensor" or "Functional" or "Linalg" or "Special" or "Masked" or "Fft");

    private static IEnumerable<MethodInfo> Methods() =>
        Holders().SelectMany(static type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)).Where(static method => !method.IsSpecialName);

    /// <summary>Methods that give tensors and are not in place.</summary>
    private static IEnumerable<(string Type, string Name)> Operations() =>
        Methods().Where(static method => !method.Name.EndsWith("InPlace", StringComparison.Ordinal) && GivesTensors(method.ReturnType)).Select(static method => (method.DeclaringType!.Name, method.Name)).Distinct();

    /// <summary>In-place methods, without their ending.</summary>
    private static IEnumerable<(string Type, string Name)> InPlaceForms() =>
        Methods().Where(static method => method.Name.EndsWith("InPlace", StringComparison.Ordinal)).Select(static method => (method.DeclaringType!.Name, method.Name[..^"InPlace".Length])).Distinct();

    private static bool GivesTensors(Type type) =>
        type == typeof(Tensor) || (type.IsArray && GivesTensors(type.GetElementType()!)) || (type.IsGenericType && type.GetGenericArguments().Any(GivesTensors));
}
