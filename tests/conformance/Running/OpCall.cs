namespace Firesteel.Conformance;

/// <summary>How a recorded case is asked of Firesteel: the PyTorch function and its arguments, after the wrappers of PyTorch's op table are undone.</summary>
public sealed record OpCall(string Name, IReadOnlyList<CaseValue> Positional, IReadOnlyList<(string Name, CaseValue Value)> Keywords)
{
    /// <summary>Why no comparison is made; null when one is.</summary>
    public string? Skip { get; init; }

    /// <summary>The generator's seed. PyTorch's op table sets 42 inside the ops that draw.</summary>
    public ulong Seed { get; init; } = 0;

    /// <summary>False where PyTorch leaves the values open; types and sizes are compared.</summary>
    public bool CompareValues { get; init; } = true;

    /// <summary>Steps that are more than one call, written with other calls.</summary>
    public Func<Caller, object?>? Steps { get; init; }

    /// <summary>The number of the result, if any, that PyTorch's table passes through abs before it is differentiated, since its signs are arbitrary.</summary>
    public int? Absolute { get; init; }

    /// <summary>How many of the results are compared; null for all.</summary>
    public int? Results { get; init; }

    /// <summary>Makes the call with the live tensors of the case.</summary>
    public object? Invoke(Caller caller) => Steps is { } steps ? steps(caller) : caller.Call(Name, Positional, Keywords);

    private static readonly HashSet<string> Undefined = ["as_strided_scatter", "empty", "empty_like", "new_empty", "new_empty_strided", "linalg.lstsq", "sgn"];

    /// <summary>Ops whose entry in PyTorch's table runs them after manual_seed(42), whatever seed was set before.</summary>
    private static readonly HashSet<string> Reseeded =
    [
        "uniform", "nn.functional.fractional_max_pool2d", "nn.functional.fractional_max_pool3d", "nn.functional.rrelu", "nn.functional._scaled_dot_product_attention",
        "svd_lowrank", "pca_lowrank", "randn", "randn_like", "rand_like", "randint_like", "multinomial", "normal", "bernoulli",
        "nn.functional.dropout", "nn.functional.dropout2d", "nn.functional.dropout3d", "nn.functional.feature_alpha_dropout",
    ];

    /// <summary>Ops without a counterpart, and why. Everything else must be there.</summary>
    private static readonly Dictionary<string, string> NoCounterpart = new()
    {
        ["complex"] = "complex types", ["polar"] = "complex types", ["view_as_complex"] = "complex types",
    };

    private static readonly Dictionary<string, string> CastTypes = new()
    {
        ["bfloat16"] = "bfloat16", ["bool"] = "bool", ["byte"] = "uint8", ["char"] = "int8", ["double"] = "float64",
        ["float"] = "float32", ["half"] = "float16", ["int"] = "int32", ["long"] = "int64", ["short"] = "int16",
    };

    private static readonly Dictionary<string, string> Reflected = new()
    {
        ["__radd__"] = "op_Addition", ["__rsub__"] = "op_Subtraction", ["__rmul__"] = "op_Multiply", ["__rdiv__"] = "op_Division",
        ["__rand__"] = "op_BitwiseAnd", ["__ror__"] = "op_BitwiseOr", ["__rxor__"] = "op_ExclusiveOr", ["__rmod__"] = "op_Modulus",
    };

    public static OpCall Of(string op, string variant, OpCase c)
    {
        CaseValue[] all = [c.Input, .. c.Args];
        var call = new OpCall(op, all, c.Kwargs)
        {
            Seed = Reseeded.Contains(op) ? 42ul : 0ul,
            CompareValues = !Undefined.Contains(op),
            Skip = NoCounterpart.TryGetValue(op, out string? why) ? why : c.HasComplex ? "complex types" : null,
        };
        if (call.Skip is not null) return call;

        if (CastTypes.TryGetValue(op, out string? dtype)) return call with { Steps = caller => Cast(caller, op, call, dtype) };
        if (Reflected.TryGetValue(op, out string? name)) return call with { Steps = caller => caller.Operator(name, all[1], all[0]) };
        switch (op)
        {
            // PyTorch copies the left operand (torch.tensor(other) ** self), so it gets no gradient.
            case "__rpow__": return call with { Steps = caller => caller.Call("pow", [all[1] is TensorValue ? caller.Make("detach", all[1]) : all[1], all[0]]) };
            case "__rmatmul__": return call with { Name = "matmul", Positional = [all[1], all[0]] };
            case "to": return call with { Steps = caller => To(caller, all) };
            case "__getitem__": return call with { Steps = caller => caller.Index(all[0], all[1]) };
            case "einsum": return call with { Positional = [all[1], all[0]] };
            case "normal" when variant == "number_mean": return call with { Positional = [all[1], all[0], .. all[2..]] };
            case "rand_like": return call with { Name = "randn_like" }; // PyTorch 1.13's table runs randn_like under this name
            case "nn.functional.embedding" or "nn.functional.embedding_bag": return call with { Positional = [all[1], all[0], .. all[2..]] };
            case "fill": return call with { Steps = caller => caller.Has("fill") ? caller.Call("fill", all, c.Kwargs) : caller.Call("fill_", [caller.Make("clone", all[0]), c.Kwargs[0].Value]) };
            case "uniform": return call with { Steps = caller => caller.Call("uniform_", [caller.Make("clone", all[0]), .. all[1..]]) };
            case "zero_" or "resize_" or "resize_as_": return call with { Steps = caller => caller.Call(op, [caller.Make("clone", all[0]), .. all[1..]]) };
            case "linalg.pinv" when variant == "singular": return call with { Steps = caller => caller.Call("linalg.pinv", [caller.Make("matmul", all[0], caller.Make("transpose", all[1], new IntValue(-2), new IntValue(-1)))]) };
            case "svd_lowrank" or "pca_lowrank": return call with { Steps = caller => caller.Call(op, [caller.Make("matmul", all[0], caller.Make("transpose", all[1], new IntValue(-2), new IntValue(-1)))], c.Kwargs) };
            case "polygamma" or "special.polygamma": return call with { Steps = caller => caller.Either(op, [all[1], all[0]], all) };
            case "lu" when all is [_, _, BoolValue { Value: false }]: return call with { Results = 2 }; // C# results do not depend on a flag: infos are always there
            case "linalg.eigh" or "symeig": return call with { Absolute = 1 };
            case "linalg.lstsq" when variant == "grad_oriented": return call with { Results = 1 };
            case "nn.functional.pad" when all.Length > 2 && all[2] is StringValue: return call;
            case "nn.functional._scaled_dot_product_attention": return Attention(call, c);
            // The distance that is the default anyway.
            case "nn.functional.triplet_margin_with_distance_loss": return call with { Keywords = [.. c.Kwargs.Where(k => k is not { Name: "distance_function", Value: UnknownValue })] };
            case "slice": return call with { Steps = caller => caller.Has("slice") ? caller.Call("slice", all, c.Kwargs) : Slice(caller, all) };
            case "max" or "min" when c.Output is ListValue && all.Length > 1: return call;
            case "meshgrid" when all[0] is TensorValue: return call with { Positional = [new ListValue(all, true)] }; // a list after which C# can name the indexing
            case "nonzero" when Flag(call, "as_tuple"): return call with { Name = "nonzero_as_tuple", Keywords = [.. c.Kwargs.Where(k => k.Name != "as_tuple")] };
            case "broadcast_shapes": return call with { Steps = caller => caller.Call("broadcast_shapes", [new ListValue(all, true)]) };
        }
        if (op.StartsWith("nn.functional.adaptive_max_pool", StringComparison.Ordinal) && all is [.., BoolValue { Value: false }]) return call with { Positional = all[..^1] };
        if (op.StartsWith("nn.functional.", StringComparison.Ordinal) && Flag(call, "return_indices"))
        {
            // C# results do not depend on the value of a flag: max_pool2d(..., return_indices=True) is MaxPool2dWithIndices, as PyTorch also spells it.
            return call with { Steps = caller => caller.Has(op + "_with_indices") ? caller.Call(op + "_with_indices", DropFlag(call.Positional), [.. c.Kwargs.Where(k => k.Name != "return_indices")]) : caller.Call(op, call.Positional, c.Kwargs) };
        }
        return call;
    }

    /// <summary>torch's `x.double()`: a method of that name, else <c>To(DType.Float64)</c>.</summary>
    private static object? Cast(Caller caller, string op, OpCall call, string dtype) =>
        caller.Has(op) ? caller.Call(op, call.Positional, call.Keywords) : caller.Call("to", [call.Positional[0], new DTypeValue(dtype)]);

    /// <summary>x.to([device,] dtype[, non_blocking[, copy]]): there is one device here and copies never wait.</summary>
    private static object? To(Caller caller, CaseValue[] all)
    {
        var flags = all.OfType<BoolValue>().ToArray();
        return caller.Call("to", [all[0], .. all[1..].Where(a => a is not (StringValue or BoolValue))], flags is [_, { Value: true } copy] ? [("copy", copy)] : []);
    }

    /// <summary>aten::slice(x, dim, start, end, step) through the indexer or narrow.</summary>
    private static object? Slice(Caller caller, CaseValue[] all)
    {
        long Arg(int i, long otherwise) => i < all.Length && all[i] is IntValue v ? v.Value : otherwise;
        long dim = Arg(1, 0), size = ((TensorValue)all[0]).Shape[dim], start = Arg(2, 0), stop = Math.Min(Arg(3, size), size), step = Arg(4, 1);
        if (start < 0) start += size;
        if (stop < 0) stop += size;
        if (step != 1) throw new MissingMemberException("no Tensor.Slice for a step other than 1");
        return caller.Call("narrow", [all[0], new IntValue(dim), new IntValue(start), new IntValue(Math.Max(0, stop - start))]);
    }

    private static OpCall Attention(OpCall call, OpCase c)
    {
        bool weights = c.Kwargs.Any(k => k is { Name: "need_attn_weights", Value: BoolValue { Value: true } });
        if (weights) return call with { Skip = "attention weights: a private function of PyTorch 1.13, gone from later ones" };
        return call with { Name = "nn.functional.scaled_dot_product_attention", Keywords = [.. c.Kwargs.Where(k => k.Name != "need_attn_weights")], Results = 1 };
    }

    private static bool Flag(OpCall call, string name) =>
        call.Keywords.Any(k => k.Name == name && k.Value is BoolValue { Value: true }) || name == "return_indices" && call.Name.Contains("adaptive_max_pool", StringComparison.Ordinal) && call.Positional is [.., BoolValue { Value: true }];

    private static IReadOnlyList<CaseValue> DropFlag(IReadOnlyList<CaseValue> positional) => positional is [.., BoolValue] ? [.. positional.SkipLast(1)] : positional;
}
