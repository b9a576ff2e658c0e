namespace Firesteel;

/// <summary>
/// Captures functions of tensors, such as a whole training step, and replays them without C#'s share of the work (<c>torch.compile</c>): kernels
/// fused, memory planned, nothing allocated.
/// </summary>
/// <example><code>
/// var step = Compiler.Compile((Tensor x, Tensor y) =>
/// {
///     optimizer.ZeroGrad();
///     var loss = F.CrossEntropy(model.Forward(x), y);
///     loss.Backward();
///     optimizer.Step();
///     return loss;
/// });
/// foreach (var batch in loader) step.Run(batch[0], batch[1]);
/// </code></example>
public static class Compiler
{
    /// <summary>A function of no arguments. See <see cref="Compiled{TResult}"/> for what may be in it.</summary>
    public static Compiled<TResult> Compile<TResult>(Func<TResult> function) => new(function, 0, _ => function());

    /// <summary>A function of one tensor. See <see cref="Compiled{TResult}"/> for what may be in it.</summary>
    public static Compiled<TResult> Compile<TResult>(Func<Tensor, TResult> function) => new(function, 1, x => function(x[0]));

    /// <summary>A function of two tensors. See <see cref="Compiled{TResult}"/> for what may be in it.</summary>
    public static Compiled<TResult> Compile<TResult>(Func<Tensor, Tensor, TResult> function) => new(function, 2, x => function(x[0], x[1]));

    /// <summary>A function of three tensors. See <see cref="Compiled{TResult}"/> for what may be in it.</summary>
    public static Compiled<TResult> Compile<TResult>(Func<Tensor, Tensor, Tensor, TResult> function) => new(function, 3, x => function(x[0], x[1], x[2]));

    /// <summary>A function of four tensors. See <see cref="Compiled{TResult}"/> for what may be in it.</summary>
    public static Compiled<TResult> Compile<TResult>(Func<Tensor, Tensor, Tensor, Tensor, TResult> function) => new(function, 4, x => function(x[0], x[1], x[2], x[3]));

    /// <summary>A function of any number of tensors. See <see cref="Compiled{TResult}"/> for what may be in it.</summary>
    public static Compiled<TResult> Compile<TResult>(Func<Tensor[], TResult> function) => new(function, -1, function);

    /// <summary>The forward of a module (<c>torch.compile(model)</c>).</summary>
    public static Compiled<Tensor> Compile(Nn.Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return Compile<Tensor>(module.Call);
    }
}
