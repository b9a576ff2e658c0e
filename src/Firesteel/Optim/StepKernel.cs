using System.Runtime.CompilerServices;

namespace Firesteel.Optim;

/// <summary>The formula of one update: reads the parameter, its gradient, tensors of state and numbers; writes the parameter and the state. One Map kernel.</summary>
internal sealed class StepKernel
{
    private readonly Program _program;

    /// <param name="inputs">The number of inputs: tensors first, then numbers.</param>
    /// <param name="outputs">What each output becomes, as formulas of the inputs.</param>
    public StepKernel(int inputs, params Expr[] outputs) => _program = new Program(inputs, outputs);

    /// <summary>Runs the update: the outputs are overwritten, and noted as overwritten by <paramref name="writer"/>.</summary>
    public void Run(string writer, ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> inputs, StepNumbers numbers)
    {
        var views = new ViewBuffer();
        var operands = new InputBuffer();
        var to = ((Span<View>)views)[..outputs.Length];
        var from = ((Span<KernelInput>)operands)[..(inputs.Length + numbers.Count)];
        for (int i = 0; i < to.Length; i++) to[i] = outputs[i].Layout;
        for (int i = 0; i < inputs.Length; i++) from[i] = inputs[i].Layout;
        for (int i = 0; i < numbers.Count; i++) from[inputs.Length + i] = numbers[i];
        var parameter = outputs[0];
        parameter.Device.Run(new KernelCall(_program.KernelFor(parameter.DType), to, from));
        foreach (var output in outputs) output.Layout.Storage.Bump(writer);
    }

    // Large enough for every optimizer; an update runs for every parameter in every step, and needs no arrays.

    [InlineArray(4)]
    private struct ViewBuffer
    {
        private View _first;
    }

    [InlineArray(16)]
    private struct InputBuffer
    {
        private KernelInput _first;
    }
}
