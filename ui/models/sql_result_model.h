// A SqlResult as a table of all its rows: blocks are read on a query thread as they come into sight, and the last ones seen are kept. Cells
// are cut at 4 KiB. UI thread; asks under the key "sql/block".
#pragma once

#include <QAbstractTableModel>
#include <QHash>
#include <memory>

#include "bridge/query_runner.h"
#include "models/sql_result.h"
#include "theme/theme.h"

namespace nj::ui {

// Where a cell leads: view and parameter, both "" when nowhere.
struct SqlLink {
    QString view, parameter;
    [[nodiscard]] bool empty() const { return view.isEmpty(); }
};
// A trace id, a span's or log's row id, a series id: by the names of the columns.
SqlLink sqlLinkOf(const QStringList& columns, int column, const QString& text);

class SqlResultModel : public QAbstractTableModel {
    Q_OBJECT
public:
    SqlResultModel(QueryRunner& queries, const Theme& theme, QObject* parent = nullptr);
    void setResult(std::shared_ptr<const SqlResult> result);
    // Takes the rows that arrived since.
    void poll();
    [[nodiscard]] const std::shared_ptr<const SqlResult>& result() const { return result_; }
    // Whether the column's first cell is a number, as far as it is loaded.
    [[nodiscard]] bool isNumber(int column) const;
    [[nodiscard]] SqlLink linkAt(const QModelIndex& index) const;
    // No block is being read.
    [[nodiscard]] bool settled() const { return !asking_ && wanted_ < 0; }
    // Whether the cell's row has been read.
    [[nodiscard]] bool loaded(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    void blockRead();

private:
    struct Cell {
        QString text;
        query::SqlCell::Type type;
    };
    struct Block {
        int first = 0;
        std::vector<std::vector<Cell>> rows;
    };
    [[nodiscard]] const Cell* cellAt(int row, int column) const;
    void want(int row) const;
    void ask(int row);
    void keep(const SqlBlock& block);

    QueryRunner& queries_;
    const Theme& theme_;
    std::shared_ptr<const SqlResult> result_;
    QStringList columns_;
    std::vector<Block> blocks_;        // newest first
    int rows_ = 0;
    mutable int wanted_ = -1;
    bool asking_ = false;
};

}  // namespace nj::ui
