using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>The fields of an object hold what they held: numbers by value, references by identity.</summary>
internal sealed class FieldWatch : Guard
{
    private readonly object _target;
    private readonly FieldTable _table;
    private readonly string _name;
    private readonly UInt128[] _numbers;
    private readonly object?[] _references;

    public FieldWatch(object target, FieldTable table, string name)
    {
        (_target, _table, _name) = (target, table, name);
        _numbers = new UInt128[table.Numbers.Length];
        _references = new object?[table.References.Length];
        for (int i = 0; i < _numbers.Length; i++) _numbers[i] = table.Numbers[i].Bits(target);
        for (int i = 0; i < _references.Length; i++) _references[i] = table.References[i].Reference(target);
    }

    public override bool Holds()
    {
        var numbers = _table.Numbers;
        for (int i = 0; i < numbers.Length; i++)
            if (numbers[i].Bits(_target) != _numbers[i]) return false;
        var references = _table.References;
        for (int i = 0; i < references.Length; i++)
            if (!ReferenceEquals(references[i].Reference(_target), _references[i])) return false;
        return true;
    }

    public override string Change()
    {
        for (int i = 0; i < _numbers.Length; i++)
            if (_table.Numbers[i].Bits(_target) != _numbers[i]) return $"{_name}{_table.Numbers[i].Name} is now {_table.Numbers[i].Text(_target)}";
        for (int i = 0; i < _references.Length; i++)
            if (!ReferenceEquals(_table.References[i].Reference(_target), _references[i])) return $"{_name}{_table.References[i].Name} is another {_references[i]?.GetType().Name ?? "object"}";
        return "nothing";
    }

    public override string? Describe() => _numbers.Length == 0 ? null : string.Join(", ", _table.Numbers.Select(field => $"{_name}{field.Name} = {field.Text(_target)}"));
}

/// <summary>A field, possibly inside a struct in a field, and how to read it without boxing.</summary>
internal sealed class FieldPath(FieldInfo[] path, Type type, string name)
{
    /// <summary>Distance in bytes from the first field of the object; negative where it is not known and reflection has to do.</summary>
    public nint Offset { get; set; } = -1;

    public string Name => name;

    public FieldInfo[] Path => path;

    private readonly int _size = SizeOf(type);

    public UInt128 Bits(object target)
    {
        if (Offset < 0)
        {
            object value = Value(target)!;
            if (value is float single) return BitConverter.SingleToUInt32Bits(single);
            if (value is double number) return BitConverter.DoubleToUInt64Bits(number);
            if (value is decimal money) return (UInt128)(uint)money.GetHashCode();
            if (value is bool flag) return flag ? 1u : 0u;
            if (value is char letter) return letter;
            if (value is Enum) return unchecked((ulong)Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
            return value is nint or nuint ? (UInt128)(uint)value.GetHashCode() : unchecked((ulong)(value is ulong large ? (long)large : Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)));
        }
        ref byte at = ref Unsafe.AddByteOffset(ref Unsafe.As<RawObject>(target).First, Offset);
        return _size switch
        {
            1 => at,
            2 => Unsafe.ReadUnaligned<ushort>(ref at),
            4 => Unsafe.ReadUnaligned<uint>(ref at),
            8 => Unsafe.ReadUnaligned<ulong>(ref at),
            _ => Unsafe.ReadUnaligned<UInt128>(ref at),
        };
    }

    public object? Reference(object target) =>
        Offset < 0 ? Value(target) : Unsafe.As<byte, object?>(ref Unsafe.AddByteOffset(ref Unsafe.As<RawObject>(target).First, Offset));

    public object? Value(object target)
    {
        object? value = target;
        foreach (var field in path)
        {
            // A box holds the number in a Nullable or nothing, and neither of its fields.
            if (Nullable.GetUnderlyingType(field.DeclaringType!) is null) value = field.GetValue(value);
            else if (field.Name == "hasValue") return value is not null;
            if (value is null) return null;
        }
        return value;
    }

    /// <summary>The number for messages, from its bits: .NET does not let everybody ask for every field.</summary>
    public string Text(object target)
    {
        UInt128 bits = Bits(target);
        if (type.IsEnum) return Enum.ToObject(type, unchecked((long)(ulong)bits)).ToString()!;
        return Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => bits != 0 ? "True" : "False",
            TypeCode.Single => BitConverter.UInt32BitsToSingle((uint)bits).ToString(System.Globalization.CultureInfo.InvariantCulture),
            TypeCode.Double => BitConverter.UInt64BitsToDouble((ulong)bits).ToString(System.Globalization.CultureInfo.InvariantCulture),
            TypeCode.SByte => ((sbyte)(byte)bits).ToString(System.Globalization.CultureInfo.InvariantCulture),
            TypeCode.Int16 => ((short)(ushort)bits).ToString(System.Globalization.CultureInfo.InvariantCulture),
            TypeCode.Int32 => ((int)(uint)bits).ToString(System.Globalization.CultureInfo.InvariantCulture),
            TypeCode.Int64 => ((long)(ulong)bits).ToString(System.Globalization.CultureInfo.InvariantCulture),
            TypeCode.Char => $"'{(char)(ushort)bits}'",
            _ => bits.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
    }

    private static int SizeOf(Type type)
    {
        if (type.IsEnum) type = Enum.GetUnderlyingType(type);
        return Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean or TypeCode.Byte or TypeCode.SByte => 1,
            TypeCode.Char or TypeCode.Int16 or TypeCode.UInt16 => 2,
            TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Single => 4,
            TypeCode.Decimal => 16,
            _ => 8,
        };
    }
}

/// <summary>For looking at an object's bytes.</summary>
internal sealed class RawObject
{
    public byte First;
}

/// <summary>The fields of a class that are watched.</summary>
internal sealed class FieldTable
{
    private static readonly ConcurrentDictionary<Type, FieldTable> s_known = [];

    public FieldPath[] Numbers { get; }

    public FieldPath[] References { get; }

    public static FieldTable Of(object target) => s_known.GetOrAdd(target.GetType(), static (_, o) => new FieldTable(o, RuntimeFeature.IsDynamicCodeSupported), target);

    /// <summary>Read by place or by reflection, for tests.</summary>
    internal static FieldTable Of(object target, bool located) => new(target, located);

    private FieldTable(object target, bool located)
    {
        List<FieldPath> numbers = [], references = [];
        for (var at = target.GetType(); at is not null && at != typeof(object); at = at.BaseType)
            foreach (var field in FieldsOf(at))
                if (!IsPlace(field)) Add([field], Display(field), numbers, references);
        Numbers = [.. numbers];
        References = [.. references];
        if (located && RuntimeFeature.IsDynamicCodeSupported) Locate([.. numbers, .. references], target);
    }

    /// <summary>Where a module is in a model changes nothing of what it computes.</summary>
    private static bool IsPlace(FieldInfo field) => field.DeclaringType == typeof(Nn.Module) && field.Name is "_parent" or "_nameInParent";

    private static string Display(FieldInfo field) => field.Name.StartsWith('<') && field.Name.IndexOf('>') is > 1 and var end ? field.Name[1..end] : field.Name;

    private static void Add(FieldInfo[] path, string name, List<FieldPath> numbers, List<FieldPath> references)
    {
        var type = path[^1].FieldType;
        if (type.IsPrimitive || type.IsEnum || type == typeof(decimal)) numbers.Add(new FieldPath(path, type, name));
        else if (!type.IsValueType && !type.IsPointer && !type.IsByRef) references.Add(new FieldPath(path, type, name));
        else if (type.IsValueType && path.Length < 5)
            foreach (var inner in FieldsOf(type)) Add([.. path, inner], $"{name}.{Display(inner)}", numbers, references);
    }

    [System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Fields that trimming removed are not read by anybody, so they need no watching.")]
    private static FieldInfo[] FieldsOf(Type type) => type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);

    /// <summary>Finds out where the fields lie.</summary>
    [System.Diagnostics.CodeAnalysis.RequiresDynamicCode("Emits a method.")]
    private static void Locate(FieldPath[] fields, object target)
    {
        if (fields.Length == 0) return;
        var method = new DynamicMethod("offsets", typeof(void), [typeof(object), typeof(nint[])], typeof(FieldTable).Module, true);
        var il = method.GetILGenerator();
        // The object must not move between the two addresses of a difference.
        var pinned = il.DeclareLocal(typeof(object), true);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Stloc, pinned);
        for (int i = 0; i < fields.Length; i++)
        {
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Ldloc, pinned);
            foreach (var field in fields[i].Path) il.Emit(OpCodes.Ldflda, field);
            il.Emit(OpCodes.Conv_U);
            il.Emit(OpCodes.Ldloc, pinned);
            il.Emit(OpCodes.Ldflda, typeof(RawObject).GetField(nameof(RawObject.First))!);
            il.Emit(OpCodes.Conv_U);
            il.Emit(OpCodes.Sub);
            il.Emit(OpCodes.Stelem_I);
        }
        il.Emit(OpCodes.Ret);
        var offsets = new nint[fields.Length];
        method.CreateDelegate<Action<object, nint[]>>()(target, offsets);
        for (int i = 0; i < fields.Length; i++) fields[i].Offset = offsets[i];
    }
}
