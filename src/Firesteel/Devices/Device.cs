namespace Firesteel;

/// <summary>Where tensors live and kernels run (<c>torch.device</c>). All that an operation asks of it is <see cref="Run"/>.</summary>
public abstract class Device
{
    private protected Device(string type) => Type = type;

    /// <summary>The only device of this build: the processor.</summary>
    public static Device Cpu { get; } = new CpuDevice();

    /// <summary>The kind of device: <c>cpu</c>.</summary>
    public string Type { get; }

    /// <summary>The device with a name that PyTorch knows, such as <c>"cpu"</c>.</summary>
    /// <exception cref="NotSupportedException">A device that PyTorch knows and that is not available here (<c>cuda</c>, <c>mps</c>, ...).</exception>
    /// <exception cref="ArgumentException">No device has this name.</exception>
    public static Device Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string type = name.Split(':')[0];
        string? index = name.Contains(':') ? name[(name.IndexOf(':') + 1)..] : null;
        if (index is not null && !(int.TryParse(index, out int number) && number >= 0))
            throw new ArgumentException($"Invalid device string: '{name}'. Write a type and perhaps a number, such as 'cpu' or 'cuda:0'.");
        switch (type)
        {
            case "cpu":
                return Cpu;
            case "cuda" or "mps" or "xpu" or "hip" or "xla" or "meta" or "vulkan":
                throw new NotSupportedException($"Device '{name}' is not available in this build of Firesteel; use 'cpu'. Cuda.IsAvailable() tells before you try.");
            default:
                throw new ArgumentException($"Expected one of cpu, cuda, mps, xpu, hip, xla, vulkan, meta device type at start of device string: {type}");
        }
    }

    /// <summary>A device by its name, see <see cref="Parse"/>.</summary>
    public static implicit operator Device(string name) => Parse(name);

    /// <summary>Memory for this many bytes, not cleared.</summary>
    internal abstract Storage Allocate(long byteCount);

    /// <summary>Runs one kernel: reads its inputs, writes its outputs and nothing else.</summary>
    internal abstract void Run(in KernelCall call);

    /// <summary>Returns when all that was started on this device is done (<c>torch.cuda.synchronize</c>).</summary>
    public abstract void Synchronize();

    /// <inheritdoc/>
    public override string ToString() => Type;
}
