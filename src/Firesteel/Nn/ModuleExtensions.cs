namespace Firesteel.Nn;

/// <summary>Methods that return the module they were called on, in its own type: <c>var net = new Net().To("cpu").Eval();</c>.</summary>
public static class ModuleExtensions
{
    /// <summary>Sets training mode, or with false evaluation mode, here and in all modules inside (<c>train</c>).</summary>
    public static T Train<T>(this T module, bool mode = true)
        where T : Module
    {
        module.SetTraining(mode);
        return module;
    }

    /// <summary>Sets evaluation mode here and in all modules inside (<c>eval</c>).</summary>
    public static T Eval<T>(this T module)
        where T : Module => module.Train(false);

    /// <summary>Converts floating-point parameters and buffers to a dtype (<c>to(dtype)</c>). The parameters stay the same objects.</summary>
    /// <exception cref="ArgumentException">The dtype is no floating-point type.</exception>
    public static T To<T>(this T module, DType dtype)
        where T : Module
    {
        if (!dtype.IsFloatingPoint()) throw new ArgumentException($"to: a module only accepts floating point dtypes, but got desired dtype={dtype.Name()}.");
        module.Convert(tensor => tensor.DType.IsFloatingPoint() ? tensor.To(dtype) : tensor);
        return module;
    }

    /// <summary>Moves parameters and buffers to a device (<c>to(device)</c>).</summary>
    public static T To<T>(this T module, Device device)
        where T : Module
    {
        module.Convert(tensor => tensor.To(device));
        return module;
    }

    /// <summary>Moves parameters and buffers to a device named as in PyTorch (<c>to("cpu")</c>).</summary>
    public static T To<T>(this T module, string device)
        where T : Module => module.To(Device.Parse(device));

    /// <summary>Moves to a device and converts floating-point parameters and buffers (<c>to(device, dtype)</c>).</summary>
    public static T To<T>(this T module, Device device, DType dtype)
        where T : Module => module.To(device).To(dtype);

    /// <summary>Moves parameters and buffers to the CPU (<c>cpu()</c>).</summary>
    public static T Cpu<T>(this T module)
        where T : Module => module.To(Device.Cpu);

    /// <summary>Converts to float32 (<c>float()</c>).</summary>
    public static T Float<T>(this T module)
        where T : Module => module.To(DType.Float32);

    /// <summary>Converts to float64 (<c>double()</c>).</summary>
    public static T Double<T>(this T module)
        where T : Module => module.To(DType.Float64);

    /// <summary>Converts to float16 (<c>half()</c>).</summary>
    public static T Half<T>(this T module)
        where T : Module => module.To(DType.Float16);

    /// <summary>Converts to bfloat16 (<c>bfloat16()</c>).</summary>
    public static T Bfloat16<T>(this T module)
        where T : Module => module.To(DType.BFloat16);

    /// <summary>Calls a function with every module inside, inner before outer, and with this one last (<c>apply</c>).</summary>
    public static T Apply<T>(this T module, Action<Module> fn)
        where T : Module
    {
        ArgumentNullException.ThrowIfNull(fn);
        foreach (var child in module.Children()) child.Apply(fn);
        fn(module);
        return module;
    }

    /// <summary>Sets whether the parameters require gradients (<c>requires_grad_</c>).</summary>
    public static T RequiresGradInPlace<T>(this T module, bool requiresGrad = true)
        where T : Module
    {
        foreach (var parameter in module.Parameters()) parameter.RequiresGrad = requiresGrad;
        return module;
    }
}
