using System.Collections;
using System.Globalization;

namespace Firesteel.Optim;

public sealed partial class LBFGS
{
    private protected override void Complete(Dictionary<string, object?> group) => group.TryAdd("line_search_fn", null);

    /// <summary>All state is about all parameters together; PyTorch keeps it with the first.</summary>
    private protected override Dictionary<string, object>? PackState(Tensor parameter)
    {
        if (_evaluations == 0 || !ReferenceEquals(parameter, ParamGroups[0].Params[0])) return null;
        var packed = new Dictionary<string, object> { ["func_evals"] = _evaluations, ["n_iter"] = _iterations };
        if (_direction is null) return packed;
        packed["d"] = _direction;
        packed["t"] = _step;
        packed["old_dirs"] = _oldDirections.ToList();
        packed["old_stps"] = _oldSteps.ToList();
        packed["ro"] = _ro.Select(static r => Tensor.From(r, DType.Float64)).ToList();
        packed["H_diag"] = Tensor.From(_scale, DType.Float64);
        packed["prev_flat_grad"] = _previousGradient!;
        packed["prev_loss"] = _previousLoss;
        return packed;
    }

    private protected override Action UnpackState(Tensor parameter, IDictionary packed)
    {
        if (!ReferenceEquals(parameter, ParamGroups[0].Params[0])) return static () => { };
        long count = ParamGroups[0].Params.Sum(static p => p.NumElements);
        var dtype = parameter.DType;
        long evaluations = (long)Number("func_evals"), iterations = (long)Number("n_iter");
        if (packed["d"] is null) return () => (_evaluations, _iterations) = (evaluations, iterations);
        Tensor direction = Flat(packed["d"], "d"), gradient = Flat(packed["prev_flat_grad"], "prev_flat_grad");
        Tensor[] directions = [.. Items("old_dirs").Select(t => Flat(t, "old_dirs"))], steps = [.. Items("old_stps").Select(t => Flat(t, "old_stps"))];
        double[] ro = [.. Items("ro").Select(n => AsNumber(n, "ro"))];
        double step = Number("t"), scale = Number("H_diag"), loss = Number("prev_loss");
        if (directions.Length != steps.Length || ro.Length != steps.Length) throw new ArgumentException($"loaded state dict has {directions.Length} old_dirs, {steps.Length} old_stps and {ro.Length} ro: they belong together");
        return () =>
        {
            (_evaluations, _iterations, _direction, _previousGradient, _step, _scale, _previousLoss) = (evaluations, iterations, direction, gradient, step, scale, loss);
            _oldDirections.AddRange(directions);
            _oldSteps.AddRange(steps);
            _ro.AddRange(ro);
        };

        double Number(string name) => AsNumber(packed[name], name);

        static double AsNumber(object? value, string name) => value switch
        {
            Tensor { NumElements: 1 } one => one.Item(),
            IConvertible number and not string => number.ToDouble(CultureInfo.InvariantCulture),
            _ => throw new ArgumentException($"loaded state dict has no number '{name}'"),
        };

        IEnumerable<object?> Items(string name) => packed[name] is IEnumerable items and not Tensor ? items.Cast<object?>() : throw new ArgumentException($"loaded state dict has no list '{name}'");

        Tensor Flat(object? value, string name) => value is Tensor { Ndim: 1 } tensor && tensor.NumElements == count
            ? tensor.Detach().To(dtype, copy: true)
            : throw new ArgumentException($"loaded state dict has no '{name}' of {count} elements");
    }

    private protected override void ClearState()
    {
        base.ClearState();
        _oldDirections.Clear();
        _oldSteps.Clear();
        _ro.Clear();
        (_direction, _previousGradient, _evaluations, _iterations, _scale) = (null, null, 0, 0, 1);
    }
}
