namespace Firesteel.Optim;

/// <summary>The formula of one update: reads the parameter, its gradient, tensors of state and numbers; writes the parameter and the state. One Map kernel.</summary>
internal sealed class StepKernel
{
    private readonly Program _program;

    /// <param name="inputs">The number of inputs: tensors first, then numbers.</param>
    /// <param name="outputs">What each output becomes, as formulas of the inputs.</param>
    public StepKernel(int inputs, params Expr[] outputs) => _program = new Program(inputs, outputs);

    /// <summary>Runs the update: the outputs are overwritten, and noted as overwritten.</summary>
    public void Run(string optimizer, ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> inputs, StepNumbers numbers)
    {
        var parameter = outputs[0];
        var to = new View[outputs.Length];
        for (int i = 0; i < to.Length; i++) to[i] = outputs[i].Layout;
        var from = new KernelInput[inputs.Length + numbers.Count];
        for (int i = 0; i < inputs.Length; i++) from[i] = inputs[i].Layout;
        for (int i = 0; i < numbers.Count; i++) from[inputs.Length + i] = numbers[i];
        parameter.Device.Run(new KernelCall(_program.KernelFor(parameter.DType), to, from));
        foreach (var output in outputs) output.Layout.Storage.Bump(optimizer + ".step");
    }
}
