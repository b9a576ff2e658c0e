namespace Firesteel;

/// <summary>
/// A computation that every device knows, as plain data. The set is small and closed: operations are made of these, and a new
/// operation does not add one. Shapes are not part of a kernel; they come with the views of the call.
/// </summary>
internal abstract record Kernel;

/// <summary>
/// Elementwise: every output is an expression over the inputs. Inputs broadcast to the shape of the outputs (aligned at the right,
/// size 1 or missing dimensions repeat); every element is converted to <paramref name="Compute"/> (float32, float64 or int64), the
/// program runs in it, and the result is converted to the dtype of the output. An output may be the very view of an input.
/// </summary>
internal sealed record MapKernel(Program Program, DType Compute) : Kernel;

/// <summary>
/// <paramref name="Map"/> for several sets of operands at once, each with a shape, strides and dtypes of its own, such as an optimizer's step for all parameters. The outputs
/// are those of the first set, then those of the second, and so on; the inputs likewise the first <paramref name="Own"/> of the program for every set, and behind
/// them, once for all sets, the rest: numbers, or floating-point views of one element. No output of a set lies on an operand of another one.
/// </summary>
internal sealed record ForeachKernel(MapKernel Map, int Own) : Kernel
{
    /// <summary>How many sets a call has.</summary>
    public int Sets(int outputs) => outputs / Map.Program.Outputs.Length;
}

/// <summary>What a reduction does with two values.</summary>
internal enum ReduceOp { Sum, Prod, Max, Min }

/// <summary>
/// Reduces the one input to the output: the output has the same rank, with size 1 in every dimension that is reduced (a size of 1
/// in both is no reduction). Elements are combined in <paramref name="Compute"/>. Max and min propagate NaN.
/// An empty sum is 0, an empty product 1; an empty max or min is the caller's error. Sums are blocked so that error grows with the logarithm of the length, and how they are cut depends on the
/// shapes only, never on the number of threads.
/// </summary>
internal sealed record ReduceKernel(ReduceOp Op, DType Compute) : Kernel
{
    private static readonly ReduceKernel?[] s_known = new ReduceKernel[4 * 32];

    /// <summary>The same object each time.</summary>
    public static ReduceKernel Of(ReduceOp op, DType compute) => s_known[(int)op * 32 + (int)compute] ??= new ReduceKernel(op, compute);
}

/// <summary>
/// Reduces what a program computes, a tile at a time, without storing it: output 0 of <paramref name="Map"/> is what <paramref name="Reduce"/> reduces. The
/// outputs of the call are the reduced, and then outputs 1, 2, ... of the program, of the shape that is reduced: that of the first input, a view. Both compute in
/// the same type; the bits are those of the two kernels one after the other, the result of the first stored row-major in that type.
/// </summary>
internal sealed record MapReduceKernel(MapKernel Map, ReduceKernel Reduce) : Kernel;

/// <summary>
/// The largest or smallest element along dimension <paramref name="Dim"/>: outputs are the values (dtype of the input) and their
/// int64 positions, both with size 1 in that dimension. NaN wins; the first of equals wins.
/// </summary>
internal sealed record ArgReduceKernel(bool Max, int Dim) : Kernel;

/// <summary>What a scan keeps.</summary>
internal enum ScanOp { Sum, Prod, Max, Min, LogSumExp }

/// <summary>
/// The running result along <paramref name="Dim"/>, same shape as the input. Max and min have a second output, the int64 positions of
/// the running extreme (the last of equals wins, NaN wins, as in <c>torch.cummax</c>). Sum, prod run in the dtype of the output.
/// </summary>
internal sealed record ScanKernel(ScanOp Op, int Dim) : Kernel;

/// <summary>
/// Sorts along <paramref name="Dim"/>: outputs are the sorted values and their int64 positions, both of the input's shape. Always
/// stable; NaN is larger than everything (last when ascending, first when descending).
/// </summary>
internal sealed record SortKernel(int Dim, bool Descending) : Kernel;

/// <summary>
/// Batched matrix product: inputs a [..., m, k] and b [..., k, n] with equal leading sizes (stride 0 repeats) and any strides, output
/// [..., m, n] (overwritten). A third input that broadcasts to the output is added, such as a bias in every row. All have the same dtype; float16 and bfloat16 accumulate in float32. k = 0 gives zeros.
/// </summary>
internal sealed record MatMulKernel : Kernel
{
    public static readonly MatMulKernel Instance = new();
}

/// <summary>Which of the three convolutions is computed.</summary>
internal enum ConvPass { Forward, Data, Filter }

/// <summary>
/// Convolution (cross-correlation) over 1 to 3 spatial dimensions with x [N, C, ...], w [O, C/groups, ...], y [N, O, ...].
/// Forward: (x, w) -> y. Data: (y, w) -> x, the gradient of x and the transposed convolution. Filter: (x, y) -> w, the gradient of w.
/// The first two may have a third input, a bias for every channel of the result.
/// Arrays have one number per spatial dimension; padding is zeros on both sides.
/// </summary>
internal sealed record ConvKernel(ConvPass Pass, long[] Stride, long[] Padding, long[] Dilation, long Groups) : Kernel;

/// <summary>
/// A matrix product or a convolution whose result goes through a program while it is in the cache. The inputs are the
/// <paramref name="ProductInputs"/> of <paramref name="Product"/>, then inputs 1, 2, ... of the program, whose input 0 is the result. The outputs are those of the
/// program, all contiguous at the place of the result in as many elements; the product is made in the first of them, or, if it is <paramref name="Kept"/>, in an
/// output of its own before them. No output lies on an input, except that one of the program may be the very view of an output. float32 and float64; the
/// bits are those of the two kernels one after the other.
/// </summary>
internal sealed record EpilogueKernel(Kernel Product, int ProductInputs, MapKernel Map, bool Kept) : Kernel;

/// <summary>
/// The largest element of every window of x [..., spatial] (1 to 3 spatial dimensions, as many as there are numbers; windows lie inside of x): outputs
/// are the values and their positions in the window, counted in row-major order, as uint8 or int64. The first of equals wins, and the last NaN.
/// The <paramref name="Gradient"/> has inputs g and positions, and an output of the shape of x: every g added to the element at its position, else 0.
/// </summary>
internal sealed record MaxPoolKernel(bool Gradient, long[] Window, long[] Stride, long[] Dilation) : Kernel;

/// <summary>
/// The sum of every window of x [..., spatial], windows as those of <see cref="MaxPoolKernel"/>. The <paramref name="Gradient"/> has an input of the shape of the sums and
/// an output of the shape of x: every g added to all elements of its window, else 0. Elements are added up in the precision that the dtype computes in.
/// </summary>
internal sealed record SumPoolKernel(bool Gradient, long[] Window, long[] Stride, long[] Dilation) : Kernel;

/// <summary>
/// Inputs x and int64 index of equal rank; output[i][..., j, ...] = x[..., index[..., j, ...], ...] along <paramref name="Dim"/>, output has
/// the shape of index (<c>torch.gather</c>); sizes of x in the other dimensions are at least those of index. Index may have stride 0
/// (then whole rows move together: index_select, embedding). An index outside 0..size-1 throws <see cref="IndexOutOfRangeException"/>.
/// </summary>
internal sealed record GatherKernel(int Dim) : Kernel;

/// <summary>How a scatter combines.</summary>
internal enum ScatterOp { Write, Add, Multiply, Max, Min }

/// <summary>
/// The reverse of a gather, into an output that holds values already: out[..., index[..., j, ...], ...] op= source[..., j, ...] along
/// <paramref name="Dim"/>, in the order of the source (the last write wins). Inputs: int64 index and source (a view, or one number). Source and index
/// have equal rank and the source is at least as large. Indices are checked before anything is written.
/// </summary>
internal sealed record ScatterKernel(int Dim, ScatterOp Op) : Kernel;

/// <summary>A distribution that PyTorch's CPU generator draws from. The comment of each names its parameters, all numbers where not said otherwise.</summary>
internal enum Distribution
{
    /// <summary>low, high: [low, high) in the precision of the output (<c>uniform_</c>). Floating-point outputs.</summary>
    Uniform,

    /// <summary>mean, standard deviation (<c>normal_</c>). With tensors for them: draw with 0 and 1, then multiply and add. Floating-point outputs.</summary>
    Normal,

    /// <summary>Nothing: the range of <c>random_()</c> for the output's dtype. low: from low to the largest integer of the dtype. low, high: [low, high) (<c>randint</c>).</summary>
    Integer,

    /// <summary>p, a number or a view that broadcasts to the output: 1 with probability p, else 0 (<c>bernoulli_</c>). A number and a view give different draws, as in PyTorch.</summary>
    Bernoulli,

    /// <summary>rate (<c>exponential_</c>). Floating-point outputs.</summary>
    Exponential,

    /// <summary>Nothing: 0..n-1 in random order into an output of one dimension (<c>randperm</c>).</summary>
    Permutation,

    /// <summary>
    /// A view of weights [n] or [rows, n], and true for draws with replacement: an int64 output [samples] or [rows, samples] (<c>multinomial</c>).
    /// The whole operation is one kernel, because without replacement PyTorch draws the exponentials in the order of the weights' memory.
    /// </summary>
    Multinomial,

    /// <summary>mean, standard deviation of the logarithm (<c>log_normal_</c>). Floating-point outputs.</summary>
    LogNormal,

    /// <summary>median, sigma (<c>cauchy_</c>). Floating-point outputs.</summary>
    Cauchy,

    /// <summary>p: the number of trials up to the first success (<c>geometric_</c>). Any dtype but bool.</summary>
    Geometric,
}

/// <summary>
/// Fills the output with draws from a generator, with the numbers that PyTorch's CPU generator gives. As there, elements are drawn in the
/// order of the output's memory (its dimensions by descending stride), which is row-major order only for row-major outputs; and normal
/// numbers come by another route for contiguous outputs of 16 or more elements than for the rest. The inputs are the parameters named
/// at <see cref="Firesteel.Distribution"/>, where a number may also be a view of one element. They are checked before anything is drawn or written.
/// </summary>
internal sealed record RandomKernel(Distribution Distribution, Generator Generator) : Kernel;

/// <summary>
/// A hot combination of operations in one pass over memory, for float32 and contiguous views unless its <see cref="FusedOp"/> says otherwise. The operation that calls it
/// has the combination too, for what the kernel does not do and for gradients of gradients. <paramref name="Dim"/> is the dimension that it works along, where there is one.
/// </summary>
internal sealed record FusedKernel(FusedOp Op, int Dim = 0) : Kernel;
