using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Firesteel;

/// <summary>How a view came to be, which decides whether it may be written to.</summary>
internal enum ViewKind : byte { Plain, NoGrad, MultiOutput }

/// <summary>
/// An n-dimensional array of one element type that can remember how it was computed (<c>torch.Tensor</c>). Needs no Dispose. The
/// operations are in the files of the folder Ops.
/// </summary>
public partial class Tensor
{
    /// <summary>What only leaves, and tensors asked to retain their gradient, have.</summary>
    private sealed class LeafState
    {
        public Tensor? Grad;
        public AccumulateGrad? Accumulate;
        public bool RequiresGrad;

        /// <summary>The hook of <see cref="RetainGrad"/>; it moves along when the tensor is overwritten.</summary>
        public HookHandle? Retainer;
    }

    internal View Layout;
    private Node? _gradFn;
    private Tensor? _base;
    private LeafState? _leaf;
    private int _outputIndex;
    private int _baseVersion;
    internal ViewKind Kind;

    /// <summary>How often backward has handed this tensor on as a gradient.</summary>
    internal byte Deliveries;

    private bool _sharesStorage;

    internal Tensor(in View view) => Layout = view;

    /// <summary>The sizes (<c>Tensor.shape</c>).</summary>
    /// <exception cref="InvalidOperationException">An uninitialized parameter or buffer of a lazy layer, which has none yet.</exception>
    public Shape Shape => Layout.Shape;

    /// <summary>Whether this is a parameter or buffer of a lazy layer that has no shape yet.</summary>
    internal bool IsUninitialized => Layout.Geometry.IsUninitialized;

    /// <summary>The element type.</summary>
    public DType DType => Layout.DType;

    /// <summary>Where the elements live.</summary>
    public Device Device => Layout.Storage.Device;

    /// <summary>The number of dimensions (<c>Tensor.ndim</c>).</summary>
    public int Ndim => Layout.Shape.Length;

    /// <summary>The number of dimensions (<c>Tensor.dim()</c>).</summary>
    public int Dim() => Layout.Shape.Length;

    /// <summary>The number of elements (<c>Tensor.numel()</c>).</summary>
    public long NumElements => Layout.Shape.NumElements;

    /// <summary>The number of elements (<c>torch.numel</c>).</summary>
    public long Numel() => Layout.Shape.NumElements;

    /// <summary>The sizes (<c>Tensor.size()</c>).</summary>
    public Shape Size() => Layout.Shape;

    /// <summary>The size of one dimension; negative ones count from the end (<c>Tensor.size(dim)</c>).</summary>
    public long Size(int dim) => Layout.Shape.Sizes[OperationError.Dim("size", dim, Ndim)];

    /// <summary>The strides in elements (<c>Tensor.stride()</c>).</summary>
    public long[] Stride() => [.. Layout.Strides];

    /// <summary>The stride of one dimension, in elements.</summary>
    public long Stride(int dim) => Layout.Strides[OperationError.Dim("stride", dim, Ndim)];

    /// <summary>The offset of the first element in the storage, in elements (<c>Tensor.storage_offset()</c>).</summary>
    public long StorageOffset() => Layout.Offset;

    /// <summary>True if the elements lie in row-major order without gaps (<c>Tensor.is_contiguous()</c>).</summary>
    public bool IsContiguous() => Layout.IsContiguous;

    /// <summary>Bytes per element (<c>Tensor.element_size()</c>).</summary>
    public int ElementSize() => DType.ItemSize();

    /// <summary>True for floating-point dtypes.</summary>
    public bool IsFloatingPoint() => DType.IsFloatingPoint();

    /// <summary>True if both tensors look at the same storage.</summary>
    public bool SharesStorageWith(Tensor other) => ReferenceEquals(Layout.Storage, other.Layout.Storage);

    /// <summary>The number of writes to the storage so far (<c>Tensor._version</c>).</summary>
    public int Version => Layout.Storage.Version;

    // ---- autograd ----

    /// <summary>The recorded operation that made this tensor, null for a leaf.</summary>
    public Node? GradFn
    {
        get
        {
            if (_base is { } root && _baseVersion != Layout.Storage.Version && root.RequiresGrad && Kind != ViewKind.NoGrad) Regenerate(root);
            return _gradFn;
        }
    }

    /// <summary>Which output of <see cref="GradFn"/> this is (<c>output_nr</c>).</summary>
    internal int OutputIndex => _outputIndex;

    /// <summary>The tensor whose storage this is a view of, null if it is no view (<c>Tensor._base</c>).</summary>
    internal Tensor? Base => _base;

    /// <summary>True for tensors that were not made by a recorded operation.</summary>
    public bool IsLeaf => GradFn is null;

    /// <summary>
    /// Whether operations on this tensor are recorded. Can be set on leaves of floating-point dtype.
    /// </summary>
    /// <exception cref="InvalidOperationException">Setting it on an integer tensor, or to false on a result of a recorded operation.</exception>
    public bool RequiresGrad
    {
        get => _gradFn is not null || _leaf is { RequiresGrad: true } || (_base is not null && GradFn is not null);
        set
        {
            if (value && !DType.IsFloatingPoint())
                throw new InvalidOperationException($"requires_grad: only tensors of floating point dtype can require gradients, this one is {DType.Name()}. Convert it with To(DType.Float32) first.");
            if (GradFn is not null)
            {
                if (value) return;
                throw new InvalidOperationException("requires_grad: you can only change requires_grad flags of leaf tensors. If you want to use a computed tensor in a subgraph that doesn't require differentiation use Detach().");
            }
            if (value || _leaf is not null) (_leaf ??= new()).RequiresGrad = value;
        }
    }

    /// <summary>Sets <see cref="RequiresGrad"/> and returns this tensor (<c>requires_grad_</c>).</summary>
    public Tensor RequiresGradInPlace(bool requiresGrad = true)
    {
        RequiresGrad = requiresGrad;
        return this;
    }

    /// <summary>The accumulated gradient: null until a backward call reaches this leaf. Of the shape and dtype of this tensor.</summary>
    /// <exception cref="ArgumentException">Setting one of another shape or dtype.</exception>
    public Tensor? Grad
    {
        get
        {
            var grad = _leaf?.Grad;
            if (Recorder.Any) Recorder.NoteGradientRead(this, grad);
            return grad;
        }

        set
        {
            if (Recorder.Any) Recorder.NoteGradientWrite(this, value);
            if (value is null)
            {
                _leaf?.Grad?.Layout.Storage.Abandon();
                if (_leaf is not null) _leaf.Grad = null;
                return;
            }
            if (value.Shape != Shape)
                throw new ArgumentException($"grad: assigned grad has data of a different size: [{string.Join(", ", value.Shape)}] for a tensor of [{string.Join(", ", Shape)}].");
            if (value.DType != DType)
                throw new ArgumentException($"grad: assigned grad has data of a different type: {value.DType.Name()} for a tensor of {DType.Name()}.");
            (_leaf ??= new()).Grad = value;
        }
    }

    /// <summary>The same without any check, and unnoticed by a recorder.</summary>
    internal Tensor? CurrentGrad
    {
        get => _leaf?.Grad;
        set
        {
            if (value is not null || _leaf is not null) (_leaf ??= new()).Grad = value;
        }
    }

    /// <summary>Keeps the gradient of this tensor in <see cref="Grad"/> though it is no leaf (<c>retain_grad</c>).</summary>
    /// <exception cref="InvalidOperationException">The tensor does not require a gradient.</exception>
    public void RetainGrad()
    {
        if (!RequiresGrad) throw new InvalidOperationException("retain_grad: can't retain_grad on a tensor that has requires_grad=False.");
        if (IsLeaf || _leaf is { Retainer: not null }) return;
        _leaf ??= new();
        Retain(_leaf);
    }

    private void Retain(LeafState leaf)
    {
        leaf.Retainer?.Remove();
        leaf.Retainer = RegisterHook(g =>
        {
            leaf.Grad = leaf.Grad is { } sum ? sum + g : g;
            return null;
        });
    }

    /// <summary>Calls <paramref name="hook"/> with the gradient of this tensor in every backward call; a tensor that it returns takes the gradient's place (<c>register_hook</c>).</summary>
    /// <exception cref="InvalidOperationException">The tensor does not require a gradient.</exception>
    public HookHandle RegisterHook(Func<Tensor, Tensor?> hook)
    {
        ArgumentNullException.ThrowIfNull(hook);
        if (!RequiresGrad) throw new InvalidOperationException("register_hook: cannot register a hook on a tensor that doesn't require gradient.");
        var edge = GradientEdge;
        var entry = new TensorHook(edge.Output, hook);
        var list = edge.Target!.Hooks ??= [];
        list.Add(entry);
        return new HookHandle(() => list.Remove(entry));
    }

    /// <summary>Computes the gradients of this tensor and adds them to <see cref="Grad"/> of the leaves it was computed from.</summary>
    /// <param name="gradient">The gradient of this tensor, of its shape; may be left out for one element (then 1).</param>
    /// <param name="retainGraph">Keep what was saved, so that backward can be called again; by default the value of <paramref name="createGraph"/>.</param>
    /// <param name="createGraph">Record the computation of the gradients, so that they can be differentiated.</param>
    /// <param name="inputs">If given, only these tensors get a gradient.</param>
    public void Backward(Tensor? gradient = null, bool? retainGraph = null, bool createGraph = false, IReadOnlyList<Tensor>? inputs = null)
    {
        if (inputs is null) Autograd.BackwardFrom(this, gradient, retainGraph, createGraph);
        else Autograd.Backward([this], gradient is null ? null : [gradient], retainGraph, createGraph, inputs);
    }

    /// <summary>A tensor that shares the elements of this one and has no history (<c>detach</c>).</summary>
    public Tensor Detach()
    {
        _sharesStorage = true;
        return new Tensor(Layout) { _sharesStorage = true };
    }

    /// <summary>Read: same as <see cref="Detach"/>. Set: this tensor takes over the elements, shape and dtype of another and keeps its identity (<c>Tensor.data</c>).</summary>
    /// <exception cref="InvalidOperationException">Setting it on a tensor that is no leaf.</exception>
    public Tensor Data
    {
        get => Detach();
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            if (GradFn is not null || _base is not null) throw new InvalidOperationException("data: only leaf tensors that are no views can take over other elements.");
            if (RequiresGrad && !value.DType.IsFloatingPoint()) throw new InvalidOperationException($"data: a tensor that requires a gradient cannot become {value.DType.Name()}.");
            value._sharesStorage = _sharesStorage = true;
            Layout = value.Layout;
            if (_leaf is null) return;
            _leaf.Accumulate = null; // it remembers shape and dtype
            if (_leaf.Grad is { } grad) _leaf.Grad = grad.Shape == Shape ? grad.Detach().To(DType) : null;
        }
    }

    /// <summary>True if no other tensor object was ever made on the storage.</summary>
    internal bool IsSoleView => !_sharesStorage && Layout.Offset == 0;

    internal Edge GradientEdge
    {
        get
        {
            if (GradFn is { } fn) return new Edge(fn, _outputIndex);
            if (_leaf is not { RequiresGrad: true } leaf) return default;
            if (leaf.Accumulate is null) Interlocked.CompareExchange(ref leaf.Accumulate, new AccumulateGrad(this), null);
            return new Edge(leaf.Accumulate, 0);
        }
    }

    internal void SetGraph(Node node, int output)
    {
        _gradFn = node;
        _outputIndex = output;
        _baseVersion = Layout.Storage.Version;
        if (_leaf is not { } leaf) return;
        leaf.RequiresGrad = false;
        if (leaf.Retainer is not null) Retain(leaf);
    }

    /// <summary>Makes the next reader of <see cref="GradFn"/> derive it from the base.</summary>
    internal void ForgetGraph()
    {
        _gradFn = null;
        _baseVersion = -1;
    }

    internal void SetBase(Tensor source)
    {
        _sharesStorage = source._sharesStorage = true;
        _base = source._base ?? source;
        _baseVersion = Layout.Storage.Version;
        Kind = source.Kind != ViewKind.Plain ? source.Kind : GradMode.Enabled ? ViewKind.Plain : ViewKind.NoGrad;
    }

    private void Regenerate(Tensor root)
    {
        _gradFn = StridedGradient.NodeOf(root, Layout);
        _outputIndex = 0;
        _baseVersion = Layout.Storage.Version;
        if (_leaf is { Retainer: not null } leaf) Retain(leaf);
    }

    // ---- reading ----

    /// <summary>The one element as a double. Waits for the device.</summary>
    /// <exception cref="InvalidOperationException">The tensor does not have exactly one element.</exception>
    public double Item() => ReadOne() switch
    {
        { DType: DType.Float64 } number => number.AsDouble,
        var number => number.AsLong,
    };

    /// <summary>The one element, converted to <typeparamref name="T"/>.</summary>
    /// <exception cref="InvalidOperationException">The tensor does not have exactly one element.</exception>
    public T Item<T>()
        where T : unmanaged
    {
        if (DType == DTypes.Of<T>())
        {
            CheckOne();
            return Unsafe.ReadUnaligned<T>(ref ByteAt(Layout.Offset));
        }
        var number = ReadOne();
        return Detach().To(DTypes.Of<T>()).Item<T>();
    }

    internal Scalar ItemScalar() => ReadOne();

    private void CheckOne()
    {
        if (NumElements != 1)
            throw new InvalidOperationException($"item: a tensor with {NumElements} elements [{string.Join(", ", Shape)}] cannot be converted to one number. Use ToArray, or reduce it first.");
        if (Recorder.Any) Recorder.RefuseRead("Item");
        Device.Synchronize();
    }

    private ref byte ByteAt(long element) => ref Unsafe.AddByteOffset(ref Layout.Storage.FirstByte, (nint)(element * DType.ItemSize()));

    private Scalar ReadOne()
    {
        CheckOne();
        ref byte at = ref ByteAt(Layout.Offset);
        Scalar result = DType switch
        {
            DType.Float32 => Unsafe.ReadUnaligned<float>(ref at),
            DType.Float64 => Unsafe.ReadUnaligned<double>(ref at),
            DType.Float16 => (float)Unsafe.ReadUnaligned<Half>(ref at),
            DType.BFloat16 => (float)Unsafe.ReadUnaligned<BFloat16>(ref at),
            DType.Int64 => Unsafe.ReadUnaligned<long>(ref at),
            DType.Int32 => Unsafe.ReadUnaligned<int>(ref at),
            DType.Int16 => Unsafe.ReadUnaligned<short>(ref at),
            DType.Int8 => Unsafe.ReadUnaligned<sbyte>(ref at),
            DType.UInt8 => Unsafe.ReadUnaligned<byte>(ref at),
            _ => at != 0,
        };
        GC.KeepAlive(Layout.Storage);
        return result;
    }

    /// <summary>A copy of the elements in row-major order, converted to <typeparamref name="T"/> (<c>tensor.numpy()</c>, flat). Waits for the device.</summary>
    public T[] ToArray<T>()
        where T : unmanaged
    {
        if (Recorder.Any) Recorder.RefuseRead("ToArray");
        var source = Detach().To(DTypes.Of<T>()).Contiguous();
        var result = new T[NumElements];
        source.AsSpan<T>().CopyTo(result);
        GC.KeepAlive(source);
        return result;
    }

    /// <summary>
    /// The elements themselves, without a copy. Writing through the span is seen by every view and not by autograd. Keep the tensor
    /// alive while the span is in use.
    /// </summary>
    /// <exception cref="InvalidOperationException">The tensor is not contiguous, or its dtype is not <typeparamref name="T"/>.</exception>
    public Span<T> AsSpan<T>()
        where T : unmanaged
    {
        if (DType != DTypes.Of<T>())
            throw new InvalidOperationException($"AsSpan: the tensor holds {DType.Name()}, not {DTypes.Of<T>().Name()}. Use To(DType.{DTypes.Of<T>()}) or ToArray<{typeof(T).Name}>().");
        if (!IsContiguous()) throw new InvalidOperationException("AsSpan: the tensor is not contiguous; call Contiguous() first.");
        if (Recorder.Any) Recorder.RefuseRead("AsSpan");
        Device.Synchronize();
        return MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref ByteAt(Layout.Offset)), checked((int)NumElements));
    }
}
