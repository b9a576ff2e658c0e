using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Firesteel.Nn;

/// <summary>The fields of a module class that are state, or could hide some, found once a class.</summary>
internal sealed class ModuleFields
{
    private static readonly ConcurrentDictionary<Type, ModuleFields> s_known = [];

    private readonly List<StateField> _fields;

    // A class and not a struct, as are members: lists of structs would be compiled anew at the start of every program.
    private sealed record StateField(FieldInfo Field, string Key, FieldRole Role);

    private enum FieldRole
    {
        /// <summary>A parameter, buffer or module.</summary>
        Plain,

        /// <summary>An array, list or dictionary of them.</summary>
        Collection,

        /// <summary>Not state by its type; its value is looked at, because state in it would be forgotten.</summary>
        Other,
    }

    private ModuleFields(List<StateField> fields) => _fields = fields;

    /// <summary>Adds the members of a module that its fields hold now.</summary>
    /// <exception cref="InvalidOperationException">A field holds state that its type hides, or two fields have one key.</exception>
    public static void Collect(Module module, List<ModuleMember> members)
    {
        var type = module.GetType();
        if (!s_known.TryGetValue(type, out var fields)) s_known[type] = fields = Find(module);
        int first = members.Count;
        foreach (var (field, key, role) in fields._fields)
        {
            if (field.GetValue(module) is not { } value) continue;
            switch (role)
            {
                case FieldRole.Plain:
                    members.Add(new ModuleMember(key, value));
                    break;
                case FieldRole.Collection:
                    AddElements(members, field, key, key, value);
                    break;
                default:
                    if (HiddenIn(value) is { } hidden) throw Refusal(field, hidden);
                    break;
            }
        }
        for (int i = first; i < members.Count; i++)
            for (int j = 0; j < i; j++)
                if (members[i].Key == members[j].Key) throw new InvalidOperationException($"{module.TypeName}: two fields have the key '{members[i].Key}' in the state dictionary. Rename one, or give it a name with [Key(\"...\")].");
    }

    private static ModuleFields Find(Module module)
    {
        var classes = new List<List<StateField>>();
        ForEachClass(module.GetType(), classes);
        var fields = new List<StateField>();
        for (int i = classes.Count - 1; i >= 0; i--) fields.AddRange(classes[i]);
        return new ModuleFields(fields);
    }

    private static void ForEachClass([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.AllFields)] Type type, List<List<StateField>> classes)
    {
        for (Type? at = type; at is not null && at != typeof(Module); at = at.BaseType)
        {
            var found = new List<StateField>();
            foreach (var field in at.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                var role = RoleOf(field.FieldType);
                if (role is null) continue;
                found.Add(new StateField(field, field.GetCustomAttribute<KeyAttribute>()?.Name ?? KeyOf(field.Name), role.Value));
            }
            classes.Add(found);
        }
    }

    /// <summary>What a field of this type is; null for one that cannot hold state.</summary>
    private static FieldRole? RoleOf(Type type)
    {
        if (IsState(type)) return FieldRole.Plain;
        if (IsCollection(type)) return FieldRole.Collection;
        if (type.IsPrimitive || type.IsEnum || type.IsPointer || type == typeof(string) || typeof(Delegate).IsAssignableFrom(type)) return null;
        return FieldRole.Other;
    }

    private static bool IsState(Type type) => typeof(Module).IsAssignableFrom(type) || typeof(Parameter).IsAssignableFrom(type) || typeof(Buffer).IsAssignableFrom(type);

    private static bool IsCollection(Type type)
    {
        if (type.IsArray && type.GetElementType() is { } element) return type.GetArrayRank() == 1 && (IsState(element) || IsCollection(element));
        if (!type.IsGenericType) return false;
        var arguments = type.GetGenericArguments();
        var last = arguments[^1];
        if (!IsState(last) && !IsCollection(last)) return false;
        var open = type.GetGenericTypeDefinition();
        return arguments.Length == 1
            ? open == typeof(List<>) || open == typeof(IList<>) || open == typeof(IReadOnlyList<>) || open == typeof(ICollection<>) || open == typeof(IReadOnlyCollection<>) || open == typeof(IEnumerable<>)
            : arguments.Length == 2 && (open == typeof(Dictionary<,>) || open == typeof(IDictionary<,>) || open == typeof(IReadOnlyDictionary<,>) || open == typeof(SortedDictionary<,>) || open == typeof(OrderedDictionary<,>));
    }

    private static void AddElements(List<ModuleMember> members, FieldInfo field, string group, string prefix, object value)
    {
        if (value is IDictionary table)
        {
            foreach (DictionaryEntry entry in table) AddElement(members, field, group, $"{prefix}.{entry.Key}", entry.Value, true);
            return;
        }
        int i = 0;
        foreach (object? item in (IEnumerable)value) AddElement(members, field, group, $"{prefix}.{i++}", item, false);
    }

    private static void AddElement(List<ModuleMember> members, FieldInfo field, string group, string key, object? item, bool table)
    {
        switch (item)
        {
            case null: break;
            case Module or Parameter or Buffer: members.Add(new ModuleMember(key, item, group, table)); break;
            case IEnumerable: AddElements(members, field, group, key, item); break;
            default: throw Refusal(field, item);
        }
    }

    /// <summary>State in a value that is none by its type. Looks into tuples and collections, not into objects of other classes.</summary>
    private static object? HiddenIn(object value, int depth = 0)
    {
        switch (value)
        {
            case Module or Parameter or Buffer:
                return value;
            case Tensor or string or Delegate:
                return null;
            case ITuple tuple when depth < 4:
                for (int i = 0; i < tuple.Length; i++)
                    if (tuple[i] is { } item && HiddenIn(item, depth + 1) is { } hidden) return hidden;
                return null;
            case DictionaryEntry entry:
                return entry.Value is { } v ? HiddenIn(v, depth + 1) : null;
            case IDictionary table when depth < 4:
                foreach (DictionaryEntry entry in table)
                    if (HiddenIn(entry, depth + 1) is { } hidden) return hidden;
                return null;
            case IEnumerable items when depth < 4 && (value is ICollection || MentionsState(value.GetType())):
                if (value.GetType() is { IsArray: true } array && array.GetElementType() is { IsPrimitive: true }) return null;
                foreach (object? item in items)
                    if (item is not null && HiddenIn(item, depth + 1) is { } hidden) return hidden;
                return null;
            default:
                return null;
        }
    }

    private static bool MentionsState(Type type) => type.IsGenericType && Array.Exists(type.GetGenericArguments(), static a => IsState(a) || MentionsState(a));

    private static InvalidOperationException Refusal(FieldInfo field, object hidden) => new(
        $"The field '{DisplayName(field.Name)}' of {field.DeclaringType!.Name} holds a {hidden.GetType().Name}, but its type {field.FieldType.Name} hides it: it would be missing from Parameters() and StateDict(). " +
        "Declare the field as Parameter, Buffer or Module (or a class derived from it), or as an array, list or dictionary of one of them.");

    /// <summary><c>&lt;Weight&gt;k__BackingField</c> and the captured constructor parameter <c>&lt;weight&gt;P</c> are called by what stands between the brackets.</summary>
    private static string DisplayName(string field) => field.StartsWith('<') && field.IndexOf('>') is > 1 and var end ? field[1..end] : field;

    /// <summary>The key of a field: <c>_weight</c> and <c>Weight</c> give <c>weight</c>, <c>OutProj</c> gives <c>out_proj</c>, <c>weight_ih_l0</c> stays.</summary>
    public static string KeyOf(string field)
    {
        string name = DisplayName(field);
        string bare = name.TrimStart('_');
        if (bare.Length == 0) return name;
        if (bare.Contains('_')) return bare;
        var key = new StringBuilder(bare.Length + 4);
        for (int i = 0; i < bare.Length; i++)
        {
            char c = bare[i];
            bool starts = char.IsUpper(c) && i > 0 && (!char.IsUpper(bare[i - 1]) || (i + 1 < bare.Length && char.IsLower(bare[i + 1])));
            if (starts) key.Append('_');
            key.Append(char.ToLowerInvariant(c));
        }
        return key.ToString();
    }
}
