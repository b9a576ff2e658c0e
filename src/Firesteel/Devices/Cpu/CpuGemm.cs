using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>
/// The matrix product of float32 and float64. The result is cut into tiles that stay in registers (<see cref="GemmTile{T, V, TVector}"/>); what
/// a tile reads is copied side by side first where that pays. All cuts follow from the shape alone: every element
/// adds up k in blocks of the same sizes in the same order on any number of threads.
/// </summary>
internal static unsafe class CpuGemm<T, V, TVector>
    where T : unmanaged, IFloatingPointIeee754<T>
    where V : unmanaged
    where TVector : struct, IGemmVector<T, V>
{
    /// <summary>The longest block of k: a panel of b of this length fills the first cache. What does not stay there comes from the second in time; half as long, the result would be read and written twice as often.</summary>
    private const int LargestKBlock = 512;

    /// <summary>Rows of a that stay in the second cache during a task.</summary>
    private const int RowsPerTask = 96;

    /// <summary>Columns of b that are packed at a time, for the third cache.</summary>
    private const int ColumnsPerStrip = 4096;

    /// <summary>Up to here multiply-adds take no longer than setting up tasks and panels.</summary>
    private const int SmallWork = 32 * 32 * 32;

    /// <summary>Products with as few rows or columns as this, along k on both sides, run along k.</summary>
    private const int LargestDot = 12;

    /// <summary>Panels of columns after which parts of c are complete that are worth a call: rows of some 512 elements.</summary>
    private const int FinishedPanels = 32;

    private static int Width => 2 * TVector.Count;

    /// <summary>Every matrix of a batch.</summary>
    public static void Run(in MatMulProblem problem)
    {
        var product = new GemmProduct<T>
        {
            A = (T*)problem.A, B = (T*)problem.B, C = (T*)problem.C,
            M = (nint)problem.M, N = (nint)problem.N, K = (nint)problem.K,
            ARow = (nint)problem.ARow, ACol = (nint)problem.ACol,
            BRow = (nint)problem.BRow, BCol = (nint)problem.BCol,
            CRow = (nint)problem.CRow, CCol = (nint)problem.CCol,
            Start = (T*)problem.Start, StartRow = (nint)problem.StartRow, StartCol = (nint)problem.StartCol,
            Finish = problem.Finish, Origin = (T*)problem.C,
        };
        if (problem.Batch == 1)
        {
            Run(product, true);
            return;
        }
        if (problem.BatchContinuesRows(out long aRow, out long cRow, out long startRow))
        {
            product.ARow = (nint)aRow;
            product.CRow = (nint)cRow;
            product.StartRow = (nint)startRow;
            product.M = (nint)(problem.Batch * problem.M);
            Run(product, true);
            return;
        }
        long work = Math.Max(1, problem.M * problem.N * problem.K);
        var body = new Batch { Problem = problem, Product = product, Parallel = problem.Batch < 16 && work > 4_000_000 };
        if (body.Parallel) body.Run(0, problem.Batch);
        else CpuThreads.For(problem.Batch, Math.Max(1, CpuMatMul.SerialWork / work), body);
    }

    private struct Batch : IRangeBody
    {
        public MatMulProblem Problem;
        public GemmProduct<T> Product;
        public bool Parallel;

        public readonly void Run(long start, long end)
        {
            for (long i = start; i < end; i++)
            {
                Problem.Offsets(i, out long a, out long b, out long c, out long begin);
                var product = Product;
                product.A += a;
                product.B += b;
                product.C += c;
                product.Start += begin;
                CpuGemm<T, V, TVector>.Run(product, Parallel);
            }
        }
    }

    /// <summary>One matrix product. Uses the <see cref="GemmScratch.Use.A"/> and <see cref="GemmScratch.Use.B"/> buffers of the threads that work on it.</summary>
    public static void Run(GemmProduct<T> product, bool parallel)
    {
        if (product.M == 0 || product.N == 0) return;
        if (product.PackedB is not null)
        {
            Blocks(product, parallel);
            return;
        }
        // A stride along a single element means nothing; call it what is convenient.
        if (product.N == 1) product.BCol = product.CCol = 1;
        if (product.K == 1) product.ACol = product.BRow = 1;
        if (product.Start is not null && (product.K == 0 || product.M == 1 || product.N == 1 || RunsAlongK(product)))
        {
            product.PutStart(0, 0, product.M, product.N);
            product.Add = true;
        }
        if (product.K == 0)
        {
            if (product.Add) return;
            for (nint i = 0; i < product.M; i++)
                for (nint j = 0; j < product.N; j++) product.C[i * product.CRow + j * product.CCol] = T.Zero;
            return;
        }
        if (product.N == 1 && product.M > 1) product = product.Transposed();
        if (product.M == 1)
        {
            GemmVector<T, V, TVector>.Run(product, parallel);
            return;
        }
        if (RunsAlongK(product))
        {
            GemmLanes.Run<T, V>(product.N < product.M ? product.Transposed() : product, parallel);
            return;
        }
        if (product.CCol != 1 && product.CRow == 1) product = product.Transposed();
        if (GemmOuter<T, V, TVector>.Fits(product)) GemmOuter<T, V, TVector>.Run(product, parallel);
        else if (product is { CCol: 1, Start: null, Finish: null, K: <= LargestKBlock } && product.M * product.N * product.K <= SmallWork) Few(product);
        else Blocks(product, parallel);
    }

    private static bool RunsAlongK(in GemmProduct<T> product) => product is { ACol: 1, BRow: 1, K: >= 32 } && Math.Min(product.M, product.N) <= LargestDot;

    /// <summary>A small product: its tiles one after the other, with nothing set up for more.</summary>
    [SkipLocalsInit]
    private static void Few(in GemmProduct<T> product)
    {
        T* edge = stackalloc T[TVector.Rows * Width];
        nint rowPanels = (product.M - 1) / TVector.Rows + 1;
        for (nint column = 0; column < product.N; column += Width)
        {
            int columns = (int)Math.Min(Width, product.N - column), vectors = columns > TVector.Count ? 2 : 1;
            bool whole = columns == vectors * TVector.Count;
            T* b = product.B + column * product.BCol, c = product.C + column;
            nint bRow = product.BRow, row = 0;
            if (!whole || product.BCol != 1)
            {
                T* packed = GemmScratch.Get<T>(GemmScratch.Use.B, product.K * Width);
                GemmPack<T>.Run(b, product.BCol, bRow, columns, product.K, packed, vectors * TVector.Count);
                b = packed;
                bRow = vectors * TVector.Count;
            }
            for (nint left = rowPanels; left > 0; left--)
            {
                int rows = (int)((product.M - row) / left);
                T* a = product.A + row * product.ARow;
                if (whole) GemmTile<T, V, TVector>.Run(rows, vectors, product.K, a, product.ARow, product.ACol, b, bRow, c, product.CRow, product.Add);
                else
                {
                    GemmTile<T, V, TVector>.Run(rows, vectors, product.K, a, product.ARow, product.ACol, b, bRow, edge, Width, false);
                    PutEdge(product, edge, rows, columns, c, c, product.CRow, 1);
                }
                row += rows;
                c += rows * product.CRow;
            }
        }
    }

    /// <summary>Writes a part of a tile: what c begins with, if the product adds, and the tile.</summary>
    private static void PutEdge(in GemmProduct<T> product, T* edge, int rows, int columns, T* c, T* begin, nint beginRow, nint beginCol)
    {
        nint step = product.CCol;
        for (int i = 0; i < rows; i++, c += product.CRow, edge += Width, begin += beginRow)
        {
            if (product.Add)
                for (int j = 0; j < columns; j++) c[j * step] = begin[j * beginCol] + edge[j];
            else
                for (int j = 0; j < columns; j++) c[j * step] = edge[j];
        }
    }

    private static void Blocks(in GemmProduct<T> product, bool parallel)
    {
        nint m = product.M, n = product.N, k = product.K;
        bool prepared = product.PackedB is not null;
        nint packedN = product.PackedN == 0 ? n : product.PackedN, packedK = product.PackedK == 0 ? k : product.PackedK;
        nint kBlock = BlockOf(prepared ? packedK : k);
        nint bBytes = Math.Min(k, kBlock) * n * sizeof(T);
        bool packB = prepared || product.BCol != 1
            || (m >= 4 * TVector.Rows && (bBytes > 256 * 1024 || Collides(product.BRow, Math.Min(k, kBlock))));
        // Rows of a are read at almost the same speed where they lie, so many columns have to pay for a copy; unless k runs across them.
        bool packA = m > TVector.Rows && n >= (product.ACol != 1 ? 8 : 16) * TVector.Count
            && (product.ACol != 1
                || (n >= 128 * TVector.Count && m * kBlock * sizeof(T) > 128 * 1024)
                || (TVector.Rows > 8 && product.ARow * sizeof(T) % 2048 == 0 && kBlock >= 64)); // more rows than the first cache has places for the same address
        nint rowPanels = (m - 1) / TVector.Rows + 1;
        nint strip = Math.Min(prepared ? packedN : n, ColumnsPerStrip);
        for (nint column = 0; column < n; column += strip)
        {
            nint width = Math.Min(strip, n - column);
            nint panels = (width - 1) / Width + 1;
            // A last panel that is not as wide as one or two vectors is packed in any case, so that whole vectors can be read.
            nint firstPacked = packB ? 0 : width % TVector.Count != 0 ? panels - 1 : panels;
            nint preparedPanels = (Math.Min(strip, packedN - column) - 1) / Width + 1;
            T* packed = prepared ? product.PackedB + column * packedK : firstPacked < panels ? GemmScratch.Get<T>(GemmScratch.Use.B, (panels - firstPacked) * kBlock * Width) : null;
            for (nint start = 0; start < k; start += kBlock)
            {
                nint depth = Math.Min(kBlock, k - start);
                if (!prepared && firstPacked < panels)
                {
                    var packing = new PackB { Source = product.B + start * product.BRow + column * product.BCol, Product = product, Columns = width, Depth = depth, Target = packed, First = firstPacked };
                    nint count = panels - firstPacked;
                    if (parallel && count > 1) CpuThreads.For(count, Math.Max(1, 65536 / (depth * Width)), packing);
                    else packing.Run(0, count);
                }
                var tiles = new Tiles
                {
                    Product = product, Depth = depth, Columns = width, Packed = prepared ? packed + start * preparedPanels * Width : packed, PanelSize = (prepared ? Math.Min(kBlock, packedK - start) : depth) * Width, FirstPacked = firstPacked, PackA = packA,
                    RowPanels = rowPanels, ColumnPanels = panels,
                    PanelRowsPerTask = Math.Min(rowPanels, RowsPerTask / TVector.Rows), PanelColumnsPerTask = panels,
                };
                tiles.Product.A += start * product.ACol;
                tiles.Product.B += start * product.BRow + column;
                tiles.Product.C += column * product.CCol;
                tiles.Product.Add |= start > 0;
                if (start + depth < k || product.CCol != 1) tiles.Product.Finish = null;
                if (!tiles.Product.Add && product.Start is not null)
                {
                    tiles.Product.Start += column * product.StartCol;
                    tiles.Product.Add = tiles.Starts = true;
                }
                if (!parallel || m * width * depth < 2 * CpuMatMul.SerialWork) tiles.Run(0, tiles.Count);
                else
                {
                    tiles.Divide();
                    CpuThreads.For(tiles.Count, 1, tiles);
                }
            }
        }
    }

    /// <summary>The length of the blocks of k: equal ones, multiples of 8.</summary>
    private static nint BlockOf(nint k)
    {
        nint blocks = (k - 1) / LargestKBlock + 1;
        return blocks == 1 ? k : ((k - 1) / blocks + 8) & ~7;
    }

    /// <summary>See <see cref="CpuMatMul.Pack"/>: block by block of k, as <see cref="Blocks"/> would pack it, strip behind strip.</summary>
    public static void Pack(in GemmProduct<T> product, T* target)
    {
        nint n = product.N, k = product.K, kBlock = BlockOf(k);
        for (nint column = 0; column < n; column += ColumnsPerStrip)
        {
            nint width = Math.Min(ColumnsPerStrip, n - column), panels = (width - 1) / Width + 1;
            for (nint start = 0; start < k; start += kBlock)
            {
                new PackB
                {
                    Source = product.B + start * product.BRow + column * product.BCol, Product = product, Columns = width, Depth = Math.Min(kBlock, k - start),
                    Target = target + column * k + start * panels * Width,
                }.Run(0, panels);
            }
        }
    }

    /// <summary>True if as many rows, each a cache line of a panel, do not fit into the first cache together, because too many fall into the same places.</summary>
    private static bool Collides(nint rowStep, nint rows)
    {
        // 64 places of 8 lines of 64 bytes.
        nint lines = rowStep * sizeof(T) / 64;
        nint places = lines == 0 ? 1 : 64 / Math.Min(64, lines & -lines);
        return rows > 8 * places && rows >= 64;
    }

    private struct PackB : IRangeBody
    {
        public GemmProduct<T> Product;
        public T* Source, Target;
        public nint Columns, Depth, First;

        public readonly void Run(long start, long end)
        {
            nint i = (nint)start;
            if (Product.BCol == 1)
            {
                nint whole = Math.Min((nint)end, Columns / Width - First);
                if (whole > i)
                {
                    GemmPack<T>.AdjacentPanels(Source + (First + i) * Width, Product.BRow, (int)(whole - i), Depth, Target + i * Depth * Width, Width);
                    i = whole;
                }
            }
            for (; i < end; i++)
            {
                nint column = (First + i) * Width;
                GemmPack<T>.Run(Source + column * Product.BCol, Product.BCol, Product.BRow, (int)Math.Min(Width, Columns - column), Depth, Target + i * Depth * Width, Width);
            }
        }
    }

    /// <summary>The tiles of a strip of columns for one block of k; a task is a rectangle of them.</summary>
    private struct Tiles : IRangeBody
    {
        public GemmProduct<T> Product;
        public T* Packed;
        public nint Depth, Columns, FirstPacked, PanelSize, RowPanels, ColumnPanels, PanelRowsPerTask, PanelColumnsPerTask;
        public bool PackA;

        /// <summary>Whether tiles begin with <see cref="GemmProduct{T}.Start"/>, which they then add to.</summary>
        public bool Starts;

        private readonly nint TaskRows => (RowPanels - 1) / PanelRowsPerTask + 1;

        private readonly nint TaskColumns => (ColumnPanels - 1) / PanelColumnsPerTask + 1;

        public readonly nint Count => TaskRows * TaskColumns;

        /// <summary>Makes tasks smaller until there are enough for many threads, or they are hardly worth the fork.</summary>
        public void Divide()
        {
            nint fewestColumns = PackA ? 16 : 4;
            while (Count < 32 && PanelRowsPerTask * TVector.Rows * PanelColumnsPerTask * Width * Depth > 2 * CpuMatMul.SerialWork)
            {
                if (PanelColumnsPerTask >= 2 * fewestColumns) PanelColumnsPerTask = (PanelColumnsPerTask + 1) / 2;
                else if (PanelRowsPerTask >= 4) PanelRowsPerTask = (PanelRowsPerTask + 1) / 2;
                else break;
            }
        }

        /// <summary>The first row of a panel: the rows are shared out evenly, so that no panel is left with only a few.</summary>
        private readonly nint Row(nint panel) => panel * Product.M / RowPanels;

        [SkipLocalsInit]
        public readonly void Run(long start, long end)
        {
            T* edge = stackalloc T[TVector.Rows * Width];
            int pitch = GemmPack<T>.PitchOf(TVector.Rows);
            T* packedA = PackA ? GemmScratch.Get<T>(GemmScratch.Use.A, PanelRowsPerTask * pitch * Depth) : null;
            nint* bounds = stackalloc nint[(int)PanelRowsPerTask + 1];
            nint boundsOf = -1, taskColumns = TaskColumns;
            for (nint task = (nint)start; task < end; task++)
            {
                nint rowBlock = task / taskColumns, columnBlock = task - rowBlock * taskColumns;
                nint firstPanel = rowBlock * PanelRowsPerTask, endPanel = Math.Min(firstPanel + PanelRowsPerTask, RowPanels);
                int panels = (int)(endPanel - firstPanel);
                if (boundsOf != rowBlock)
                {
                    boundsOf = rowBlock;
                    for (int i = 0; i <= panels; i++) bounds[i] = Row(firstPanel + i);
                    if (PackA) GemmPack<T>.Panels(Product.A + bounds[0] * Product.ARow, Product.ARow, Product.ACol, bounds, panels, Depth, packedA, pitch);
                }
                nint firstRow = bounds[0];
                nint firstColumnPanel = columnBlock * PanelColumnsPerTask, endColumnPanel = Math.Min((columnBlock + 1) * PanelColumnsPerTask, ColumnPanels);
                for (nint j = firstColumnPanel; j < endColumnPanel; j++)
                {
                    nint column = j * Width;
                    int columns = (int)Math.Min(Width, Columns - column);
                    int vectors = columns <= TVector.Count ? 1 : 2;
                    bool whole = columns == vectors * TVector.Count && Product.CCol == 1;
                    bool packed = j >= FirstPacked;
                    T* b = packed ? Packed + (j - FirstPacked) * PanelSize : Product.B + column;
                    nint bRow = packed ? Width : Product.BRow;
                    for (int i = 0; i < panels; i++)
                    {
                        nint row = bounds[i];
                        int rows = (int)(bounds[i + 1] - row);
                        T* a = PackA ? packedA + i * pitch * Depth : Product.A + row * Product.ARow;
                        nint aRow = PackA ? 1 : Product.ARow, aCol = PackA ? pitch : Product.ACol;
                        T* c = Product.C + row * Product.CRow + column * Product.CCol;
                        T* begin = Starts ? Product.Start + row * Product.StartRow + column * Product.StartCol : Product.Add ? c : null;
                        nint beginRow = Starts ? Product.StartRow : Product.CRow;
                        if (whole && (!Starts || Product.StartCol == 1))
                            GemmTile<T, V, TVector>.Run(rows, vectors, Depth, a, aRow, aCol, b, bRow, c, Product.CRow, begin, beginRow);
                        else
                        {
                            GemmTile<T, V, TVector>.Run(rows, vectors, Depth, a, aRow, aCol, b, bRow, edge, Width, false);
                            PutEdge(Product, edge, rows, columns, c, begin, beginRow, Starts ? Product.StartCol : Product.CCol);
                        }
                    }
                    if (Product.Finish is null || (j + 1 < endColumnPanel && (j + 1 - firstColumnPanel) % FinishedPanels != 0)) continue;
                    nint from = Math.Max(firstColumnPanel, (j - firstColumnPanel) / FinishedPanels * FinishedPanels + firstColumnPanel) * Width;
                    Complete(firstRow, bounds[panels], from, Math.Min((j + 1) * Width, Columns));
                }
            }
        }

        /// <summary>Tells of a rectangle of c that is complete.</summary>
        private readonly void Complete(nint row, nint endRow, nint column, nint endColumn)
        {
            nint at = (nint)(Product.C + row * Product.CRow + column - Product.Origin), columns = endColumn - column;
            if (columns == Product.CRow) Product.Finish!.Complete(at, columns * (endRow - row));
            else for (; row < endRow; row++, at += Product.CRow) Product.Finish!.Complete(at, columns);
        }
    }
}
