namespace Firesteel.Nn;

/// <summary>What batch and instance norms have in common: a factor and an offset for each channel, and running statistics.</summary>
public abstract class NormNd : Module
{
    private protected NormNd(long numFeatures, double eps, double? momentum, bool affine, bool trackRunningStats, Device? device, DType dtype)
    {
        (NumFeatures, Eps, Momentum, Affine, TrackRunningStats) = (numFeatures, eps, momentum, affine, trackRunningStats);
        if (affine)
        {
            Weight = new Parameter(Tensor.Ones([numFeatures], dtype, device));
            Bias = new Parameter(Tensor.Zeros([numFeatures], dtype, device));
        }
        if (!trackRunningStats) return;
        RunningMean = new Buffer(Tensor.Zeros([numFeatures], dtype, device));
        RunningVar = new Buffer(Tensor.Ones([numFeatures], dtype, device));
        NumBatchesTracked = new Buffer(Tensor.From(0L, device: device)) { MayBeMissing = true }; // PyTorch has it since 0.4.1
    }

    /// <summary>The number of channels.</summary>
    public long NumFeatures { get; private set; }

    /// <summary>Added to the variance.</summary>
    public double Eps { get; }

    /// <summary>The weight of a new batch in the running statistics; null for their plain mean.</summary>
    public double? Momentum { get; }

    /// <summary>Whether there are a factor and an offset.</summary>
    public bool Affine { get; }

    /// <summary>Whether there are running statistics.</summary>
    public bool TrackRunningStats { get; }

    /// <summary>[numFeatures], the factor of each channel, or null.</summary>
    public Parameter? Weight { get; set; }

    /// <summary>[numFeatures], the offset of each channel, or null.</summary>
    public Parameter? Bias { get; set; }

    /// <summary>[numFeatures], or null.</summary>
    public Buffer? RunningMean { get; set; }

    /// <summary>[numFeatures], or null.</summary>
    public Buffer? RunningVar { get; set; }

    /// <summary>0-d int64, or null.</summary>
    public Buffer? NumBatchesTracked { get; set; }

    /// <summary>Sets the running statistics to mean 0 and variance 1 (<c>reset_running_stats</c>).</summary>
    public void ResetRunningStats()
    {
        RunningMean?.ZeroInPlace();
        RunningVar?.FillInPlace(1);
        NumBatchesTracked?.ZeroInPlace();
    }

    /// <summary>Forgets running statistics, and sets factors to 1 and offsets to 0 (<c>reset_parameters</c>).</summary>
    public void ResetParameters()
    {
        if (Weight is { IsUninitialized: true } || RunningMean is { IsUninitialized: true }) return;
        ResetRunningStats();
        if (Weight is not null) Init.OnesInPlace(Weight);
        if (Bias is not null) Init.ZerosInPlace(Bias);
    }

    /// <summary>Leaves the number of channels to the first input. Afterwards the layer goes by another name.</summary>
    private protected void MakeLazy(string becomes, Device? device, DType dtype)
    {
        if (Affine) (Weight, Bias) = (new UninitializedParameter(device: device, dtype: dtype), new UninitializedParameter(device: device, dtype: dtype));
        if (TrackRunningStats) (RunningMean, RunningVar) = (new UninitializedBuffer(device: device, dtype: dtype), new UninitializedBuffer(device: device, dtype: dtype));
        InitializeWithFirstInput(InitializeParameters, becomes);
    }

    private void InitializeParameters(Tensor input)
    {
        NumFeatures = ChannelsOf(input);
        if (Materialize("weight", Weight, NumFeatures)) Init.OnesInPlace(Weight!);
        if (Materialize("bias", Bias, NumFeatures)) Init.ZerosInPlace(Bias!);
        if (Materialize("running_mean", RunningMean, NumFeatures)) Init.ZerosInPlace(RunningMean!);
        if (Materialize("running_var", RunningVar, NumFeatures)) Init.OnesInPlace(RunningVar!);
    }

    /// <summary>The number of channels of an input, whose rank is checked.</summary>
    private protected abstract long ChannelsOf(Tensor input);

    private protected void CheckRank(Tensor input, int first, int second)
    {
        if (input.Ndim == first || input.Ndim == second) return;
        throw OperationError.Argument(TypeName, $"expected {(first == second ? $"{first}D" : $"{first}D or {second}D")} input (got {input.Ndim}D input {OperationError.Text(input.Shape)})");
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"{NumFeatures}, eps={Repr.Of(Eps)}, momentum={(Momentum is { } m ? Repr.Of(m) : "None")}, affine={Repr.Of(Affine)}, track_running_stats={Repr.Of(TrackRunningStats)}";
}
