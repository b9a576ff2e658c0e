namespace Firesteel.Tests.Ops;

public static partial class OpTable
{
    private static DType[] MatMulTypes => [DType.Float32, DType.Float64, DType.Int32, DType.Int64];

    private static IEnumerable<OpCase> Products =>
    [
        Op("mm", x => x[0].Mm(x[1]), "3,4; 4,2 -> 3,2 | 0,4; 4,2 -> 0,2 | 3,0; 0,2 -> 3,2", "200,150; 150,170", dtypes: MatMulTypes),
        Op("matmul", x => x[0].Matmul(x[1]), "2,1,3,4; 3,4,2 -> 2,3,3,2 | 3,4; 4 -> 3 | 4; 4,2 -> 2 | 4; 4 -> () | 2,0,4; 4,3 -> 2,0,3 | 0,4; 4 -> 0", "3,100,150; 150,120", dtypes: MatMulTypes),
        Op("rmatmul", x => x[0].Rmatmul(x[1]), "4,2; 3,4 -> 3,2", "150,120; 100,150", dtypes: MatMulTypes),
        Op("linalg.matmul", x => Linalg.Matmul(x[0], x[1]), "3,4; 4,2 -> 3,2", dtypes: MatMulTypes),
        Op("bmm", x => x[0].Bmm(x[1]), "2,3,4; 2,4,2 -> 2,3,2 | 0,3,4; 0,4,2 -> 0,3,2 | 2,3,0; 2,0,2 -> 2,3,2", "9,60,70; 9,70,80", dtypes: MatMulTypes),
        Op("mv", x => x[0].Mv(x[1]), "3,4; 4 -> 3 | 0,4; 4 -> 0 | 3,0; 0 -> 3", "600,700; 700", dtypes: MatMulTypes),
        Op("dot", x => x[0].Dot(x[1]), "4; 4 -> () | 0; 0 -> ()", "300001; 300001", dtypes: MatMulTypes),
        Op("vdot", x => x[0].Vdot(x[1]), "4; 4 -> () | 0; 0 -> ()", "300001; 300001", dtypes: MatMulTypes),
        Op("linalg.vecdot", x => Linalg.Vecdot(x[0], x[1]), "3,4; 3,4 -> 3", "600,700; 600,700"),
        Op("inner", x => x[0].Inner(x[1]), "2,3,4; 5,4 -> 2,3,5 | 0,4; 5,4 -> 0,5 | (); 3 -> 3", "100,150; 120,150"),
        Op("outer", x => x[0].Outer(x[1]), "3; 4 -> 3,4 | 0; 4 -> 0,4", "600; 700", dtypes: Numbers),
        Op("ger", x => x[0].Ger(x[1]), "3; 4 -> 3,4 | 0; 4 -> 0,4", dtypes: Numbers),
        Op("addmm", x => x[0].Addmm(x[1], x[2], beta: 2, alpha: 3), "3,2; 3,4; 4,2 -> 3,2 | 0,2; 0,4; 4,2 -> 0,2 | 3,2; 3,0; 0,2 -> 3,2", "150,160; 150,200; 200,160", x => x[0].AddmmInPlace(x[1], x[2], beta: 2, alpha: 3), dtypes: MatMulTypes),
        Op("addmm(row)", x => x[0].Addmm(x[1], x[2]), "2; 3,4; 4,2 -> 3,2", dtypes: MatMulTypes),
        Op("addmv", x => x[0].Addmv(x[1], x[2], beta: 2, alpha: 3), "3; 3,4; 4 -> 3 | 0; 0,4; 4 -> 0 | 3; 3,0; 0 -> 3", "600; 600,700; 700", x => x[0].AddmvInPlace(x[1], x[2], beta: 2, alpha: 3), dtypes: MatMulTypes),
        Op("addbmm", x => x[0].Addbmm(x[1], x[2], beta: 2, alpha: 3), "3,2; 2,3,4; 2,4,2 -> 3,2 | 3,2; 0,3,4; 0,4,2 -> 3,2", "60,80; 9,60,70; 9,70,80", x => x[0].AddbmmInPlace(x[1], x[2], beta: 2, alpha: 3), dtypes: MatMulTypes),
        Op("baddbmm", x => x[0].Baddbmm(x[1], x[2], beta: 2, alpha: 3), "2,3,2; 2,3,4; 2,4,2 -> 2,3,2 | 0,3,2; 0,3,4; 0,4,2 -> 0,3,2", "9,60,80; 9,60,70; 9,70,80", x => x[0].BaddbmmInPlace(x[1], x[2], beta: 2, alpha: 3), dtypes: MatMulTypes),
        Op("addr", x => x[0].Addr(x[1], x[2], beta: 2, alpha: 3), "3,4; 3; 4 -> 3,4 | 0,4; 0; 4 -> 0,4", "600,700; 600; 700", x => x[0].AddrInPlace(x[1], x[2], beta: 2, alpha: 3), dtypes: MatMulTypes),
        Op("einsum", x => Tensor.Einsum("bij,bjk->ikb", x[0], x[1]), "2,3,4; 2,4,2 -> 3,2,2 | 0,3,4; 0,4,2 -> 3,2,0", "9,60,70; 9,70,80"),
        Op("einsum(diagonal)", x => Tensor.Einsum("...ii->...i", x[0]), "2,3,3 -> 2,3", shares: Shares.Sometimes) with { Repeats = false },
        Op("einsum(ellipsis)", x => Tensor.Einsum("...ij,...j->...", x[0], x[1]), "2,3,4; 4 -> 2"),
        Op("tensordot", x => x[0].Tensordot(x[1]), "2,3,4; 3,4,2 -> 2,2 | 0,3,4; 3,4,2 -> 0,2", "100,30,40; 30,40,50"),
        Op("tensordot(dims)", x => x[0].Tensordot(x[1], [0, 2], [1, 0]), "2,3,4; 4,2,5 -> 3,5"),
        Op("kron", x => x[0].Kron(x[1]), "2,3; 3,2 -> 6,6 | 2; 3,2 -> 3,4 | 0,2; 3,2 -> 0,4", "30,20; 30,20", dtypes: Numbers),
        Op("chain_matmul", x => Tensor.ChainMatmul(x[0], x[1], x[2]), "3,4; 4,2; 2,5 -> 3,5"),
        Op("linalg.multi_dot", x => Linalg.MultiDot([x[0], x[1], x[2]]), "3,4; 4,2; 2,5 -> 3,5 | 4; 4,2; 2 -> ()"),
    ];
}
