/// A vector and a symmetric matrix over the state of a ``LevelModel``: a mean and its covariance, or a score and
/// its precision.
struct LevelMoments {
    var vector: LevelModel.Vector
    var rows: [LevelModel.Vector]

    init(vector: LevelModel.Vector = .zero, diagonal: LevelModel.Vector = .zero) {
        self.vector = vector
        rows = [LevelModel.Vector](repeating: .zero, count: LevelModel.Vector.scalarCount)
        for row in rows.indices { rows[row][row] = diagonal[row] }
    }

    /// The matrix times a vector.
    func times(_ other: LevelModel.Vector) -> LevelModel.Vector {
        var product = rows[0] * other[0]
        for row in 1..<rows.count { product += rows[row] * other[row] }
        return product
    }

    /// Adds `left` × `right`ᵀ × `factor` to the matrix.
    mutating func add(_ left: LevelModel.Vector, _ right: LevelModel.Vector, times factor: Double) {
        let scaled = right * factor
        for row in rows.indices { rows[row] += scaled * left[row] }
    }

    /// Sets what concerns one part of the state to zero.
    mutating func clear(_ part: Int) {
        vector[part] = 0
        rows[part] = .zero
        for row in rows.indices { rows[row][part] = 0 }
    }

    /// The columns of a triangular matrix whose product with its transpose is this matrix (Cholesky). What isn't
    /// positive within the precision of numbers counts as zero.
    func root() -> [LevelModel.Vector] {
        var rest = rows
        return rows.indices.map { index in
            let pivot = rest[index][index]
            guard pivot > 1e-14 * rows[index][index], pivot > 0 else { return .zero }
            var column = rest[index] / pivot.squareRoot()
            for row in 0..<index { column[row] = 0 }
            for row in rows.indices { rest[row] -= column * column[row] }
            return column
        }
    }
}

extension LevelModel.Vector {
    /// The scalar product; the standard library's own sum is slow where it isn't optimized.
    func dot(_ other: LevelModel.Vector) -> Double {
        let products = self * other
        let four = products.lowHalf + products.highHalf
        let two = four.lowHalf + four.highHalf
        return two.x + two.y
    }
}
