namespace Firesteel.Optim;

/// <summary>Lets the learning rate fall along half a cosine and start anew, after periods that grow by a factor (<c>CosineAnnealingWarmRestarts</c>).</summary>
public sealed class CosineAnnealingWarmRestarts : LRScheduler
{
    private double _tCur, _tI;

    /// <summary>A schedule whose first period has <paramref name="t0"/> epochs and every further one <paramref name="tMult"/> times as many.</summary>
    /// <exception cref="ArgumentException"><paramref name="t0"/> or <paramref name="tMult"/> is not positive.</exception>
    public CosineAnnealingWarmRestarts(Optimizer optimizer, long t0, long tMult = 1, double etaMin = 0, long lastEpoch = -1)
        : base(optimizer, ("T_0", t0), ("T_mult", tMult), ("eta_min", etaMin))
    {
        if (t0 <= 0) throw new ArgumentException($"Expected positive integer T_0, but got {t0}", nameof(t0));
        if (tMult < 1) throw new ArgumentException($"Expected integer T_mult >= 1, but got {tMult}", nameof(tMult));
        (_tI, _tCur) = (t0, lastEpoch);
        Begin(lastEpoch);
    }

    private long T0 => Settings.Integer("T_0");

    private long TMult => Settings.Integer("T_mult");

    private double EtaMin => Settings.Number("eta_min");

    /// <inheritdoc/>
    private protected override void Move()
    {
        if (LastEpoch < 0)
        {
            Step(0);
            return;
        }
        _tCur++;
        if (_tCur >= _tI)
        {
            _tCur -= _tI;
            _tI *= TMult;
        }
        LastEpoch++;
        Apply(GetLr());
    }

    /// <summary>Goes to an epoch, which may be a fraction: step it within epochs (<c>step(epoch)</c>).</summary>
    /// <exception cref="ArgumentException">A negative epoch.</exception>
    public void Step(double epoch)
    {
        if (epoch < 0) throw new ArgumentException($"Expected non-negative epoch, but got {epoch}", nameof(epoch));
        if (epoch < T0) (_tI, _tCur) = (T0, epoch);
        else if (TMult == 1) _tCur = epoch % T0;
        else
        {
            int n = (int)Math.Log(epoch / T0 * (TMult - 1) + 1, TMult);
            _tCur = epoch - T0 * (Math.Pow(TMult, n) - 1) / (TMult - 1);
            _tI = T0 * Math.Pow(TMult, n);
        }
        LastEpoch = (long)Math.Floor(epoch);
        Apply(GetLr());
    }

    internal override void StepTo(long epoch) => Step((double)epoch);

    /// <inheritdoc/>
    protected override IReadOnlyList<double> GetLr() => OfBases(lr => EtaMin + (lr - EtaMin) * (1 + Math.Cos(Math.PI * _tCur / _tI)) / 2);

    /// <inheritdoc/>
    public override Dictionary<string, object> StateDict() => new(base.StateDict()) { ["T_cur"] = _tCur, ["T_i"] = _tI };

    /// <inheritdoc/>
    public override void LoadStateDict(IReadOnlyDictionary<string, object> stateDict)
    {
        ArgumentNullException.ThrowIfNull(stateDict);
        var (current, length) = (Number(stateDict, "T_cur"), Number(stateDict, "T_i"));
        base.LoadStateDict(stateDict);
        (_tCur, _tI) = (current, length);
    }
}
