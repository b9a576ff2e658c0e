namespace Firesteel.Optim;

/// <summary>The formula of one update: reads the parameter, its gradient, tensors of state and numbers; writes the parameter and the state.</summary>
internal sealed class StepKernel
{
    private readonly Program _program;
    private readonly ForeachKernel?[] _kernels = new ForeachKernel?[2];

    /// <param name="inputs">The number of inputs: tensors first, then numbers.</param>
    /// <param name="outputs">What each output becomes, as formulas of the inputs.</param>
    public StepKernel(int inputs, params Expr[] outputs) => _program = new Program(inputs, outputs);

    public int Outputs => _program.Outputs.Length;

    /// <summary>The kernel for parameters of a dtype, of whose inputs the first <paramref name="tensors"/> are tensors: as many for each formula.</summary>
    public ForeachKernel For(DType dtype, int tensors) => _kernels[dtype == DType.Float64 ? 1 : 0] ??= new ForeachKernel(_program.KernelFor(dtype), tensors);
}
